"""The settings of a newer version of Kalends, which has one app more."""

from __future__ import annotations

from config.settings import *  # noqa: F403

INSTALLED_APPS.append("tests.operations.upgrade.newer")  # noqa: F405

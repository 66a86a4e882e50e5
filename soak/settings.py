"""The project's settings with shorter time limits, so that minutes show what otherwise takes days."""

from __future__ import annotations

from config.settings import *  # noqa: F403
from config.settings import Q_CLUSTER, STORAGES

TASK_TIMEOUT_SECONDS = 45  # a little more than the longest push
LEASE_SECONDS = MAIL_LEASE_SECONDS = TASK_TIMEOUT_SECONDS + 5
UNDO_SECONDS = 20
Q_CLUSTER |= {"timeout": TASK_TIMEOUT_SECONDS, "retry": 2 * TASK_TIMEOUT_SECONDS + 5, "poll": 0.2}
HOLD_MINUTES = 0.2
SILENCED_SYSTEM_CHECKS = ["kalends.E004"]  # a deployment keeps a time for a minute at least
STORAGES |= {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}

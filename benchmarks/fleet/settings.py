"""The project's settings, for workers that trust the certificate of the canned server."""

from __future__ import annotations

import os
from pathlib import Path

import wassima

from config.settings import *  # noqa: F403

if certificate := os.environ.get("FLEET_CERTIFICATE"):
    wassima.register_ca(Path(certificate).read_text())

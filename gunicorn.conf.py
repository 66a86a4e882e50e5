"""What gunicorn reads by itself where it is started: its log must have neither the tokens of addresses nor more."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

logger_class = "config.logs.web_server.GunicornLogger"

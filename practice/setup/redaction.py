"""Keeping the secret address of the first run out of logs. Logging is set up before the apps: nothing of them here."""

from __future__ import annotations

import logging
import re

_SECRET_PATH = re.compile(r"/setup/[^/\s\"']+")


class HideSetupToken(logging.Filter):
    """Replaces the token in whatever is logged."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if "/setup/" in message:
            record.msg, record.args = _SECRET_PATH.sub("/setup/…", message), ()
        return True

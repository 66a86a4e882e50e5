"""Keeping secret addresses out of logs. Logging is set up before the apps: nothing of them here."""

from __future__ import annotations

import logging
import re

_SECRET_PATH = re.compile(
    r"(/setup/|/team/invitations/|/account/email/confirm/|/accounts/password/reset/[^/\s\"']+/|/booking/(?!find/)|/reminders/stop/|/waiting/entry/|/feeds/|/book/[^/\s\"']+/details/)[^/\s\"']+"
    r"(/confirm/[^/\s\"']+)?"
)


class HideSecretPaths(logging.Filter):
    """Replaces the token in the path of whatever is logged."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if _SECRET_PATH.search(message):
            record.msg, record.args = _SECRET_PATH.sub(r"\1…", message), ()
        return True

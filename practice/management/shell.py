"""How errors are shown at a shell: in one sentence, without a traceback."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from types import TracebackType

from django.utils.translation import gettext as _


class OneSentence(logging.Formatter):
    """Formats a log record as one sentence; --traceback shows where it came from."""

    def format(self, record: logging.LogRecord) -> str:
        words = record.getMessage().strip()
        return f"{words[:1].upper()}{words[1:].rstrip('.')}."


def speak_plainly(tell: Callable[[str], None]) -> None:
    """From now on in this process: log one sentence a record, and report uncaught exceptions with `tell`."""
    for handler in logging.getLogger().handlers:
        handler.setFormatter(OneSentence())

    def crashed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            tell(_("Interrupted."))
        else:
            tell(
                _("Something unexpected went wrong in Kalends (%(error)s). Give --traceback to see where.")
                % {"error": kind.__name__}
            )

    sys.excepthook = crashed


def not_utf8(text: str) -> bool:
    """Was the text typed in bytes that are not UTF-8? Python keeps them as lone surrogates, which cannot be stored."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def displayed(text: str) -> str:
    """The text as it can be printed."""
    return text.encode(errors="surrogateescape").decode(errors="replace")

"""What somebody at a shell is told of what goes wrong: one sentence, never a traceback."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from types import TracebackType

from django.utils.translation import gettext as _


class OneSentence(logging.Formatter):
    """A record as its sentence alone; whoever wants to know where it came from gives --traceback."""

    def format(self, record: logging.LogRecord) -> str:
        words = record.getMessage().strip()
        return f"{words[:1].upper()}{words[1:].rstrip('.')}."


def speak_plainly(tell: Callable[[str], None]) -> None:
    """For the rest of this process: what is logged is one sentence each, and what nobody caught is told by `tell`."""
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
    """Was it given in bytes that are no UTF-8? Python keeps such bytes as lone surrogates, which nothing can store."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def displayed(text: str) -> str:
    """The text as it can be printed."""
    return text.encode(errors="surrogateescape").decode(errors="replace")

"""What a client answered: a text or one of the options, several options, or yes or no."""

from __future__ import annotations

from django.utils.translation import gettext as _

Answer = str | bool | list[str]
YES, NO = "yes", "no"


def answer_words(answer: Answer) -> str:
    """The answer as people read it."""
    if isinstance(answer, bool):
        return _("Yes") if answer else _("No")
    return ", ".join(answer) if isinstance(answer, list) else str(answer)


def answer_lines(answer: Answer) -> list[str]:
    """The answer as forms and commands give it, the opposite of `Question.read`."""
    if isinstance(answer, bool):
        return [YES if answer else NO]
    return list(answer) if isinstance(answer, list) else [str(answer)]

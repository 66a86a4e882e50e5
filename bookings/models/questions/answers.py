"""What a client answered: a text or one of the options, several options, or yes or no."""

from __future__ import annotations

from django.utils.translation import gettext as _

Answer = str | bool | list[str]


def answer_words(answer: Answer) -> str:
    """The answer as people read it."""
    if isinstance(answer, bool):
        return _("Yes") if answer else _("No")
    return answer if isinstance(answer, str) else ", ".join(answer)

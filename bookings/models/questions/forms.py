"""The questions of a service as fields of the form: `q_` and the key of the question."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from bookings.models import Question
from bookings.models.questions.answers import NO, YES, Answer

Kind = Question.Kind


class _Ticks(forms.CheckboxSelectMultiple):
    """Any number of options. What was ticked is one text with a line for each, as it is kept with the hold."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return _lines(data.get(name, ""))


class AnswerField(forms.Field):
    """The answer to a question; None for none."""

    def __init__(self, question: Question) -> None:
        self.question = question
        super().__init__(
            label=question.words,
            required=question.required,
            widget=_widget(question),
            error_messages={"required": _missing(question)},
        )

    @property
    def is_choice(self) -> bool:
        """Is the answer chosen, and not written?"""
        return self.question.kind != Kind.TEXT

    def prepare_value(self, value: Any) -> Any:
        return _lines(value) if self.question.kind == Kind.SEVERAL and isinstance(value, str) else value

    def to_python(self, value: Any) -> Answer | None:
        return self.question.read(value if isinstance(value, list) else [value or ""])


def _widget(question: Question) -> forms.Widget:
    if question.kind == Kind.TEXT:
        return forms.Textarea(attrs={"rows": 3})
    if question.kind == Kind.SEVERAL:
        return _Ticks(choices=_choices(question))
    nothing = [] if question.required else [("", _("No answer"))]
    return forms.RadioSelect(choices=[*_choices(question), *nothing])


def _choices(question: Question) -> list[tuple[str, str]]:
    if question.kind == Kind.YES_NO:
        return [(YES, _("Yes")), (NO, _("No"))]
    return [(option, option) for option in question.choices]


def _missing(question: Question) -> str:
    texts = {
        Kind.TEXT: _("Please answer “%(question)s”"),
        Kind.SEVERAL: _("Choose at least one for “%(question)s”"),
    }
    return texts.get(Kind(question.kind), _("Choose an answer to “%(question)s”")) % {"question": question.words}


def _lines(value: str) -> list[str]:
    return [line for line in value.splitlines() if line]

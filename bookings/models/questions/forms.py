"""The questions of a service as fields of a form: `q_` and the key of the question."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from bookings.models.questions.answers import NO, YES, Answer
from bookings.models.questions.question import Question

Kind = Question.Kind


class _Ticks(forms.CheckboxSelectMultiple):
    """Any number of options: several texts, or one text with a line for each, as it is kept with the hold."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        given = data.getlist(name) if isinstance(data, MultiValueDict) else [data.get(name, "")]
        return [line for text in given for line in _lines(text)]


class AnswerField(forms.Field):
    """The answer to a question; None for none."""

    def __init__(self, question: Question, *, required: bool) -> None:
        self.question = question
        super().__init__(
            label=question.words,
            required=required,
            widget=_widget(question, required=required),
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


class QuestionsForm(forms.Form):
    """A form with a field for each of the questions that it is told to `ask`."""

    questions: list[Question]

    def ask(self, questions: Iterable[Question], *, must_answer: bool) -> None:
        """Add the fields. Nobody `must_answer` what staff ask on the phone."""
        self.questions = list(questions)
        fields = {one.field_name: AnswerField(one, required=must_answer and one.required) for one in self.questions}
        self.fields.update(fields)

    @property
    def question_fields(self) -> list[forms.BoundField]:
        """The fields of the questions."""
        return [self[one.field_name] for one in self.questions]

    @property
    def answers(self) -> dict[str, Answer]:
        """What was answered, by the keys of the questions; valid forms only."""
        given = {one.key: self.cleaned_data[one.field_name] for one in self.questions}
        return {key: answer for key, answer in given.items() if answer is not None}

    @property
    def asked(self) -> dict[str, str]:
        """The words of the questions that were answered, by their keys; valid forms only."""
        return {one.key: one.words for one in self.questions if one.key in self.answers}


def _widget(question: Question, *, required: bool) -> forms.Widget:
    if question.kind == Kind.TEXT:
        return forms.Textarea(attrs={"rows": 3})
    if question.kind == Kind.SEVERAL:
        return _Ticks(choices=_choices(question))
    nothing = [] if required else [("", _("No answer"))]
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

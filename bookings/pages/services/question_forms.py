"""A question of a service, as owners write it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings.models import Question, Service
from bookings.models.questions import MAX_QUESTIONS


class QuestionForm(forms.ModelForm[Question]):
    """A question. Its key is made from its words once and then stays, so that links keep working."""

    class Meta:
        model = Question
        fields = ("words", "kind", "options", "required", "private")
        labels = {
            "words": _("Question"),
            "kind": _("How is it answered?"),
            "options": _("Options"),
            "required": _("Clients must answer it"),
            "private": _("Never fill in an answer beforehand"),
        }
        help_texts = {
            "words": _("As clients read it, for example “Is this your first visit?”"),
            "required": _("Make no question about health compulsory: clients answer it of their own will."),
            "options": _("One a line, where clients choose from options."),
            "private": _("Neither from a link nor when a client books again."),
        }
        error_messages = {"words": {"required": _("Enter a question.")}}
        widgets = {"kind": forms.RadioSelect, "options": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, service: Service, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.service = service

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.instance._state.adding and self.instance.service.questions.count() >= MAX_QUESTIONS:
            self.add_error(None, _("A service has at most %(limit)s questions.") % {"limit": MAX_QUESTIONS})
        self._check_options()
        return cleaned

    def _check_options(self) -> None:
        given = Question(kind=self.cleaned_data.get("kind", ""), options=self.cleaned_data.get("options", ""))
        if given.has_options and len(given.choices) < 2 and "options" not in self.errors:
            self.add_error("options", _("Enter at least two options, one a line."))

    def save(self, commit: bool = True) -> Question:
        if self.instance._state.adding:
            self.instance.append()
            return self.instance
        return super().save(commit)

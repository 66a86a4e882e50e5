"""What clients are asked when they book a service."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from bookings.models.questions.answers import NO, YES, Answer
from bookings.models.services.service import Service
from practice.models.slugs import slug_base, unused_slug

MAX_QUESTIONS = 20
"""Of one service."""
MAX_ANSWER = 1000
MAX_KEY_LENGTH = 40
FIELD_PREFIX = "q_"


class Question(models.Model):
    """What clients are asked when they book a service.

    `key` is what forms, addresses and commands call it; it is made once from the words and stays. Seats keep the words
    that were asked with their answers, so a question can be changed or deleted. A private one is never filled in before
    the client has typed something.
    """

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        CHOICE = "choice", _("One of several options")
        SEVERAL = "several", _("Any number of options")
        YES_NO = "yes_no", _("Yes or no")

    service = models.ForeignKey(Service, models.CASCADE, related_name="questions", verbose_name=_("service"))
    key = models.SlugField(_("key"), max_length=MAX_KEY_LENGTH, editable=False)
    words = models.CharField(_("question"), max_length=200)
    kind = models.CharField(_("kind of answer"), max_length=7, choices=Kind, default=Kind.TEXT)
    options = models.TextField(_("options, one a line"), max_length=2000, blank=True)
    required = models.BooleanField(_("must be answered"), default=False)
    private = models.BooleanField(_("private"), default=False)
    position = models.PositiveIntegerField(_("order"), default=0, editable=False)

    class Meta:
        ordering = ("position", "id")
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = (models.UniqueConstraint(fields=("service", "key"), name="one_question_per_key"),)

    def __str__(self) -> str:
        return self.words

    def clean(self) -> None:
        """Keep each option once, and none where nothing is chosen from."""
        self.options = "\n".join(self.choices) if self.has_options else ""

    @transaction.atomic
    def append(self) -> None:
        """Save a new question behind the others of its service, with a key of its own."""
        others = self._locked()
        base = slug_base(self.words, max_length=MAX_KEY_LENGTH) or "question"
        self.key = unused_slug(base, {one.key for one in others})
        self.position = max((one.position for one in others), default=0) + 1
        self.save()

    @transaction.atomic
    def move(self, steps: int) -> None:
        """Move it up (negative) or down among the questions of its service."""
        order = self._locked()
        if self not in order:  # somebody has just deleted it
            return
        index = order.index(self)
        order.insert(max(index + steps, 0), order.pop(index))
        for position, one in enumerate(order, start=1):
            Question.objects.filter(pk=one.pk).update(position=position)

    def _locked(self) -> list[Question]:
        """The questions of the service, which nobody else changes until the transaction ends."""
        Service.objects.select_for_update().get(pk=self.service_id)
        return list(Question.objects.filter(service=self.service_id))

    @property
    def field_name(self) -> str:
        """What forms and addresses call it."""
        return f"{FIELD_PREFIX}{self.key}"

    @property
    def has_options(self) -> bool:
        """Does the client choose from options?"""
        return self.kind in (self.Kind.CHOICE, self.Kind.SEVERAL)

    @property
    def choices(self) -> list[str]:
        """The options, each once."""
        lines = (" ".join(line.split()) for line in self.options.splitlines())
        return list(dict.fromkeys(filter(None, lines)))

    def read(self, given: Sequence[str]) -> Answer | None:
        """The answer that was given as these texts, one unless several options were chosen; None for no answer.

        Raises ValidationError for what is no answer to this question.
        """
        texts = [text.strip() for text in given if text.strip()]
        if not texts:
            return None
        if self.kind == self.Kind.TEXT:
            return _short("\n".join("\n".join(texts).splitlines()))
        if self.kind == self.Kind.YES_NO:
            return _one_of(texts, [YES, NO]) == YES
        if self.kind == self.Kind.CHOICE:
            return _one_of(texts, self.choices)
        return [option for option in self.choices if option in [_one_of([text], self.choices) for text in texts]]


def _short(text: str) -> str:
    if len(text) > MAX_ANSWER:
        raise ValidationError(_("Write at most %(limit)s characters."), params={"limit": MAX_ANSWER})
    return text


def _one_of(texts: Sequence[str], options: Sequence[str]) -> str:
    if len(texts) != 1 or texts[0] not in options:
        raise ValidationError(
            _("Choose one of: %(options)s."), code="invalid_choice", params={"options": ", ".join(options)}
        )
    return texts[0]

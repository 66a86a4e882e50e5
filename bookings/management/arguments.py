"""Finding the rows that the arguments of a command name."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from bookings.models import Booking, Client, Question, Service
from bookings.models.questions import Answer
from practice.commands import Refused
from practice.models import User


def booking_numbered(number: int) -> Booking:
    """The booking of that number; Refused if there is none."""
    try:
        return Booking.objects.with_details().get(pk=number)
    except Booking.DoesNotExist:
        raise Refused(_("There is no booking %(id)s.") % {"id": number}) from None


def client_numbered(number: int) -> Client:
    """The client of that number; Refused if there is none."""
    try:
        return Client.objects.get(pk=number)
    except Client.DoesNotExist:
        raise Refused(_("There is no client %(id)s.") % {"id": number}) from None


def service_named(slug: str, minutes: int | None = None) -> Service:
    """The service of that slug, for so many minutes if that is said; Refused if there is none."""
    try:
        service = Service.objects.get(slug=slug)
    except Service.DoesNotExist:
        raise Refused(_("There is no service “%(slug)s”.") % {"slug": slug}) from None
    if minutes is not None and minutes not in service.durations:
        values = {"service": service, "minutes": service.duration_words}
        raise Refused(_("“%(service)s” takes %(minutes)s minutes.") % values)
    return service if minutes is None else service.lasting(minutes)


def staff_of(service: Service, user: User | None) -> list[User]:
    """The staff members of a service, or the one asked for; Refused if that one does not offer it."""
    able = list(service.staff.filter(is_active=True).order_by("pk"))
    if user is None:
        return able
    if user not in able:
        raise Refused(_("%(staff)s does not offer “%(service)s”.") % {"staff": user, "service": service})
    return [user]


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered, and the words that were asked, by the keys of the questions."""

    answers: dict[str, Answer]
    asked: dict[str, str]


def answers_to(service: Service, texts: list[str]) -> Answers:
    """What `KEY=VALUE` answer to the questions of the service. Refused for what is no answer to one of them.

    A service without questions takes any key: there is nothing that it could be mistaken for.
    """
    given: dict[str, list[str]] = {}
    for key, value in map(_key_and_value, texts):
        given.setdefault(key, []).append(value)
    questions = {one.key: one for one in service.questions.all()}
    if not questions:
        return Answers({key: "\n".join(values) for key, values in given.items()}, {})
    read = {key: _read(questions, key, values) for key, values in given.items()}
    answers = {key: answer for key, answer in read.items() if answer is not None}
    return Answers(answers, {key: questions[key].words for key in answers})


def _key_and_value(text: str) -> tuple[str, str]:
    key, sign, value = text.partition("=")
    if not key.strip() or not sign:
        raise Refused(_("“%(text)s” is no answer. Write it as KEY=VALUE.") % {"text": text})
    return key.strip(), value.strip()


def _read(questions: dict[str, Question], key: str, values: list[str]) -> Answer | None:
    if key not in questions:
        known = ", ".join(questions)
        raise Refused(_("There is no question “%(key)s”. Choose one of: %(known)s.") % {"key": key, "known": known})
    try:
        return questions[key].read(values)
    except ValidationError as error:
        sentence = " ".join(error.messages)
        raise Refused(f"{questions[key]}: {sentence}") from None

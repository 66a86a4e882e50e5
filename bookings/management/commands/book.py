"""Make a booking."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings import actions
from bookings.clients import tidy_contact
from bookings.management.arguments import service_named
from bookings.management.json_shapes import booking_json, refusal_json, with_alternatives
from bookings.models import Client
from practice.commands import JsonCommand, Refused, in_one_line, instant, user_named
from practice.models import client_languages
from practice.zones import validate_zone


class Command(JsonCommand):
    help = gettext_lazy("Make a booking; exit 2 and a sentence when the time is not open.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--service", required=True)
        parser.add_argument("--staff")
        parser.add_argument("--start", required=True, help=_("ISO 8601 with offset"))
        parser.add_argument("--name", required=True)
        parser.add_argument("--email", default="")
        parser.add_argument("--phone", default="")
        parser.add_argument("--lang", default="", help=_("in which the client is written to, like de"))
        parser.add_argument("--zone", default="", help=_("whose clock the client reads, like Europe/Berlin"))
        parser.add_argument(
            "--answer",
            action="append",
            default=[],
            metavar="KEY=VALUE",
            help=_("what the client answered to a question; may be repeated"),
        )

    def run(self, *, service: str, staff: str | None, start: str, **options: Any) -> dict[str, Any]:
        client = _client(options["name"], options["email"], options["phone"])
        seat = _seat(options["lang"], options["zone"], options["answer"])
        try:
            booking = actions.book(
                service=service_named(service),
                staff=user_named(staff) if staff else None,
                start=instant(start),
                client=client,
                now=timezone.now(),
                seat=seat,
            )
        except actions.NotOpen as error:
            raise Refused(with_alternatives(error), refusal_json(error)) from None
        except actions.Refused as error:
            raise Refused(str(error)) from None
        return booking_json(booking)

    def show(self, data: Any) -> None:
        self.stdout.write(_("Booking %(id)s: %(start)s – %(end)s, %(status)s.") % data)


def _seat(language: str, zone: str, answers: list[str]) -> actions.SeatDetails:
    if zone:
        try:
            validate_zone(zone)
        except ValidationError as error:
            raise Refused(" ".join(error.messages)) from None
    if language and language not in dict(client_languages()):
        raise Refused(
            _("“%(language)s” is not a language for clients. Choose one of: %(known)s.")
            % {"language": language, "known": ", ".join(dict(client_languages()))}
        )
    return actions.SeatDetails(language=language, time_zone=zone, answers=dict(map(_answer, answers)))


def _answer(text: str) -> tuple[str, str]:
    key, sign, value = text.partition("=")
    if not key.strip() or not sign:
        raise Refused(_("“%(text)s” is no answer. Write it as KEY=VALUE.") % {"text": text})
    return key.strip(), value.strip()


def _client(name: str, email: str, phone: str) -> actions.ClientDetails:
    try:
        name, email, phone = tidy_contact(name, email, phone)
        Client(name=name or "?", email=email, phone=phone).clean_fields(exclude={"name_key"})
    except ValidationError as error:
        raise Refused(in_one_line(error)) from None
    except ValueError as error:
        raise Refused(str(error)) from None
    return actions.ClientDetails(name, email, phone)

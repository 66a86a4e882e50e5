"""Print the address at which somebody books, with their details filled in."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.management.arguments import answers_to, service_named, staff_of
from bookings.models import Service
from bookings.models.questions import answer_lines
from bookings.public.page import PREFILL
from bookings.public.prefill import prefill_token
from practice.booking_page.addresses import booking_address
from practice.commands import JsonCommand, Refused, user_named


class Command(JsonCommand):
    help = gettext_lazy("Print the address at which somebody books, with their details filled in; it names nobody.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--service", required=True)
        parser.add_argument("--staff")
        parser.add_argument("--name", default="")
        parser.add_argument("--email", default="")
        parser.add_argument("--phone", default="")
        parser.add_argument("--answer", action="append", default=[], metavar="KEY=VALUE", help=_("may be repeated"))

    def run(self, *, service: str, staff: str | None, answer: list[str], **options: Any) -> dict[str, str]:
        booked = service_named(service)
        if not booked.is_for_clients:
            raise Refused(_("Clients cannot book “%(service)s” online.") % {"service": booked})
        person = staff_of(booked, user_named(staff))[0] if staff else None
        texts = {name: options[name] for name in ("name", "email", "phone") if options[name]}
        query = {"staff": person.slug} if person else {}
        query[PREFILL] = prefill_token(texts | _answers(booked, answer), timezone.now())
        return {"link": f"{booking_address(booked.slug)}?{urlencode(query)}"}

    def show(self, data: Any) -> None:
        self.stdout.write(data["link"])


def _answers(service: Service, texts: list[str]) -> dict[str, str]:
    given = answers_to(service, texts).answers
    for question in service.questions.filter(private=True, key__in=given):
        raise Refused(_("“%(question)s” is private: it is never filled in beforehand.") % {"question": question})
    return {f"q_{key}": "\n".join(answer_lines(answer)) for key, answer in given.items()}

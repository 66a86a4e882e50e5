"""Deactivate somebody, as the page does."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bookings import actions
from bookings.actions import leaving
from bookings.management.arguments import booking_numbered
from bookings.models import Booking
from connections.models import CalendarConfiguration
from practice import time_format
from practice.commands import Failed, JsonCommand, Refused, user_named
from practice.models import User

Choices = dict[int, User | None]


class Command(JsonCommand):
    help = gettext_lazy(
        "Deactivate somebody: they cannot be booked or sign in, their events lose the names of clients, and their "
        "accounts are disconnected when nothing waits to be pushed. Upcoming bookings stand until --move or --cancel "
        "decides about them, now or by the same command later."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", required=True)
        keep, move, cancel = _("leave the names in their events"), _("give it to a colleague"), _("and tell the client")
        parser.add_argument("--keep-names", action="store_true", help=keep)
        parser.add_argument("--move", action="append", default=[], metavar="BOOKING=USER", help=move)
        parser.add_argument("--cancel", action="append", default=[], type=int, metavar="BOOKING", help=cancel)
        at_once = _("do not wait for events that are still to be changed; these stay as they are")
        parser.add_argument("--disconnect-now", action="store_true", help=at_once)

    def run(
        self, *, user: str, keep_names: bool, move: list[str], cancel: list[int], disconnect_now: bool, **options: Any
    ) -> dict[str, Any]:
        person = user_named(user)
        choices = self._choices(person, move, cancel)
        events = self._deactivate(person, keep_names=keep_names, goes_on=bool(choices or disconnect_now))
        now = timezone.now()
        refused = leaving.settle_bookings(person, choices, now=now)
        stays = leaving.waiting_for(person, now).stays_on_iphone() if disconnect_now else []
        if disconnect_now:
            leaving.disconnect_at_once(person, now)
        data = self._data(person, events, refused, stays)
        if refused:
            raise Failed(" ".join(refused.values()), data)
        return data

    def _choices(self, person: User, move: list[str], cancel: list[int]) -> Choices:
        """What is to become of which booking. Refused if one of them is not an upcoming booking of the person."""
        choices: Choices = dict.fromkeys(cancel)
        for pair in move:
            number, _equals, colleague = pair.partition("=")
            if not (number.isdecimal() and colleague):
                raise Refused(_("“%(text)s” is not like 17=anna.") % {"text": pair})
            choices[int(number)] = user_named(colleague)
        left = leaving.bookings_left(person, timezone.now())
        for key in choices:
            if not left.filter(pk=booking_numbered(key).pk).exists():
                raise Refused(_("Booking %(id)s is no upcoming booking with %(user)s.") % {"id": key, "user": person})
        return choices

    def _deactivate(self, person: User, *, keep_names: bool, goes_on: bool) -> int:
        """Deactivate them; how many events lose a name. Somebody who was deactivated before is only asked to go on."""
        if not person.is_active and goes_on:
            return 0
        try:
            return leaving.deactivate(person, now=timezone.now(), keep_names=keep_names)
        except actions.Refused as error:
            raise Refused(str(error)) from None

    def _data(self, person: User, events: int, refused: dict[int, str], stays: list[str]) -> dict[str, Any]:
        now = timezone.now()
        waiting = leaving.waiting_for(person, now)
        return {
            "user": person.username,
            "events": events,
            "connected": waiting.is_connected,
            "bookings": [_booking(one, refused) for one in leaving.bookings_left(person, now)],
            "waiting": waiting.sentences,
            "stays": stays,
        }

    def show(self, data: dict[str, Any]) -> None:
        self.stdout.write(_("%(user)s is deactivated, cannot be booked any more and is signed out.") % data)
        if data["events"]:
            said = ngettext(
                "The workers remove the name from %(count)s event.",
                "The workers remove the names from %(count)s events.",
                data["events"],
            )
            self.stdout.write(said % {"count": data["events"]})
        for booking in data["bookings"]:
            self.stdout.write(_("Booking %(id)s at %(time)s stands: use --move or --cancel.") % booking)
        for sentence in data["stays"] or data["waiting"]:
            self.stdout.write(sentence)
        if data["connected"]:
            self.stdout.write(_("The account is disconnected when nothing waits any more."))


def _booking(booking: Booking, refused: dict[int, str]) -> dict[str, Any]:
    zone = CalendarConfiguration.of(booking.staff).zone
    return {
        "id": booking.pk,
        "start": booking.start,
        "time": time_format.day_and_clock_in(zone, booking.start),
        "why": refused.get(booking.pk, ""),
    }

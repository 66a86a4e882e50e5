"""Choose the linked calendar and the conflict calendars of a staff member."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from bookings import placing
from connections import accounts
from connections.commands import JsonCommand, Refused, user_named
from connections.models import Calendar


class Command(JsonCommand):
    help = "Replace a staff member's whole choice of calendars. Upcoming bookings are added to a newly linked one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", required=True)
        parser.add_argument("--linked", required=True, help="name or path of the linked calendar, or none")
        parser.add_argument(
            "--conflict", action="extend", nargs="*", default=[], help="names or paths; may be repeated"
        )

    @transaction.atomic
    def run(self, *, user: str, linked: str, conflict: list[str], **options: Any) -> dict[str, Any]:
        staff, now = user_named(user), timezone.now()
        target = None if linked == "none" else calendar_called(staff, linked)
        before = Calendar.objects.filter(linked_by__user=staff).first()
        try:
            accounts.configure(
                staff, linked=target, conflicts=[calendar_called(staff, name) for name in conflict], now=now
            )
        except accounts.ConfigurationRefused as error:
            raise Refused(str(error)) from None
        added = placing.place_upcoming(staff, now) if target is not None and before is None else 0
        chosen = Calendar.objects.selected().of(staff)
        return {
            "linked": target.path if target else None,
            "conflict": [calendar.path for calendar in chosen],
            "bookings_added": added,
        }

    def show(self, data: Any) -> None:
        self.stdout.write(_("Linked calendar: %(linked)s") % {"linked": data["linked"] or _("none")})
        self.stdout.write(_("Conflict calendars: %(paths)s") % {"paths": ", ".join(data["conflict"]) or _("none")})


def calendar_called(user: User, name: str) -> Calendar:
    """The user's calendar with this path or name. Refused if there is none, or several share the name."""
    mine = Calendar.objects.of(user).present()
    found = list(mine.filter(path=name)) or list(mine.filter(name=name))
    if len(found) == 1:
        return found[0]
    if found:
        paths = ", ".join(calendar.path for calendar in found)
        raise Refused(
            _("Several calendars are called “%(name)s”. Give the path: %(paths)s") % {"name": name, "paths": paths}
        )
    names = ", ".join(str(calendar) for calendar in mine)
    raise Refused(
        _("There is no calendar “%(name)s”. There are: %(names)s") % {"name": name, "names": names or _("none")}
    )

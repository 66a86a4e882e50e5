"""Choose the linked calendar and the conflict calendars of a staff member."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any
from urllib.parse import urljoin

from django.core.management.base import CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.push import placements
from connections import accounts, dav
from connections.dav.urls import origin_of
from connections.models import Calendar
from practice.commands import JsonCommand, Refused, user_named
from practice.models import User


class Command(JsonCommand):
    help = gettext_lazy(
        "Replace a staff member's whole choice of calendars. Upcoming bookings are added to a newly linked one."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", required=True)
        parser.add_argument("--linked", required=True, help=_("name or path of the linked calendar, or none"))
        parser.add_argument(
            "--conflict", action="extend", nargs="*", default=[], help=_("names or paths; may be repeated")
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
        added = placements.place_upcoming(staff, now) if target is not None and before is None else 0
        chosen = Calendar.objects.conflict_calendars().of(staff)
        return {
            "linked": target.path if target else None,
            "conflict": [_reference(calendar) for calendar in chosen.select_related("connection")],
            "bookings_added": added,
        }

    def show(self, data: Any) -> None:
        self.stdout.write(_("Linked calendar: %(linked)s") % {"linked": data["linked"] or _("none")})
        self.stdout.write(_("Conflict calendars: %(paths)s") % {"paths": ", ".join(data["conflict"]) or _("none")})


def calendar_called(user: User, name: str) -> Calendar:
    """The user's calendar with this path or address, in any spelling, or name. Refused if there is none, or several.

    An address is needed where calendars at two servers have the same path. A calendar by web address has no path of its
    own: there it is the part of the address that is no secret.
    """
    mine = list(Calendar.objects.of(user).present().select_related("connection"))
    found = [one for one in mine if _is_at(one, name)] or [one for one in mine if one.name == name]
    if len(found) == 1:
        return found[0]
    if found:
        paths = ", ".join(_told_apart(found))
        raise Refused(
            _("Several calendars are called “%(name)s”. Give the path: %(paths)s") % {"name": name, "paths": paths}
        )
    if not mine:
        raise Refused(
            _("%(user)s has no calendars yet, so there is no “%(name)s”. Connect an account first: connect_icloud.")
            % {"user": user, "name": name}
        )
    raise Refused(
        _("There is no calendar “%(name)s”. There are: %(names)s") % {"name": name, "names": ", ".join(_listed(mine))}
    )


def _reference(calendar: Calendar) -> str:
    """What names one of the user's calendars alone."""
    return calendar.connection.username if calendar.connection.is_feed else calendar.path


def _is_at(calendar: Calendar, text: str) -> bool:
    """Is this text its path or its address?"""
    if "://" in text:
        return (origin_of(calendar.connection.url), calendar.path) == (origin_of(text), dav.collection_path(text))
    return _reference(calendar) == (dav.collection_path(text) if "/" in text else text)


def _told_apart(calendars: Sequence[Calendar]) -> list[str]:
    """What names each of them alone: its address where another has the same path."""
    references = Counter(map(_reference, calendars))
    return [_reference(one) if references[_reference(one)] == 1 else _address(one) for one in calendars]


def _address(calendar: Calendar) -> str:
    return urljoin(calendar.connection.url, calendar.path)


def _listed(calendars: Sequence[Calendar]) -> list[str]:
    """Their names, with the path where several share one."""
    names = Counter(str(calendar) for calendar in calendars)
    return [
        str(one) if names[str(one)] == 1 else f"{one} ({place})"
        for one, place in zip(calendars, _told_apart(calendars), strict=True)
    ]

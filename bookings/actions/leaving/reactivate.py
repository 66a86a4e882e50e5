"""Reactivate somebody, and say what they lack before they can be booked."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from bookings.actions.checks.preconditions import Refused
from bookings.models import booking_lock
from bookings.push import placements
from connections.models import CalendarConfiguration, Connection
from practice.activity.journal import note
from practice.models import Activity, User
from practice.roles import Action, may


def reactivate(user: User, *, now: datetime, actor: User | None = None) -> None:
    """Let the user sign in again. Names come back into events of upcoming bookings, if they are still connected.

    Raises Refused.
    """
    with booking_lock(user, now):
        if not User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
            raise Refused(_("%(staff)s is active already.") % {"staff": user.get_full_name() or user.get_username()})
        user.is_active = True
        placements.reword_upcoming(user, now)
        note(Activity.Kind.REACTIVATED, now, actor=actor, user=user)


def missing_for_bookings(user: User) -> list[str]:
    """What an active user, who has a calendar of their own, must do before somebody can book them; in sentences."""
    if not may(user, Action.MANAGE_OWN_CALENDAR):
        return []
    missing = [_calendars_missing(user)]
    if not user.services.exists():
        missing.append(_("Say which services they offer."))
    return [sentence for sentence in missing if sentence]


def _calendars_missing(user: User) -> str:
    configuration = CalendarConfiguration.of(user)
    connections = Connection.objects.filter(user=user)
    if configuration.must_connect and not connections.exists():
        return _(
            "They must connect their calendar account again, with a new app-specific password, and choose calendars."
        )
    if connections.two_way().filter(needs_attention=True).exists():
        return _("They must reconnect their calendar account.")
    if connections.exists() and configuration.saved_at is None:
        return _("They must choose their calendars.")
    return ""

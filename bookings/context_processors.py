"""The notices at the top of every page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import Count, Exists, F
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone

from bookings import actions
from bookings.models import Proposal
from bookings.notifications.mails import calls
from bookings.openings.freshness_words import freshness_sentence
from connections.freshness import freshness
from connections.models import Calendar, CalendarConfiguration, Connection
from practice.models import User
from practice.models.restore import waiting_restore
from practice.roles import Action, allowed, may


def notices(request: HttpRequest) -> dict[str, Any]:
    """What waits for staff: proposals, calls, calendars to choose, broken connections.

    Lazily, so that pages without them cost no queries.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not may(user, Action.WORK):
        return {}
    failing = cache(lambda: list(user.connections.exclude(error_code="", needs_attention=False)))
    return {
        "restored": lambda: waiting_restore(),
        "may_see_restore": lambda: may(user, Action.MANAGE_PRACTICE),
        "open_proposals": lambda: _open_proposals(user),
        "clients_to_call": lambda: calls.to_call(user, timezone.now()).count(),
        "calendars_missing": lambda: _calendars_missing(user.pk),
        "new_calendars": lambda: list(
            Calendar.objects.present().filter(
                connection__user=user,
                asked_about=False,
                connection__user__calendar_configuration__saved_at__isnull=False,
            )
        ),
        "confirming_addresses_until": lambda: _rush_ends_at(user),
        "broken_connections": lambda: [connection for connection in failing() if connection.needs_attention],
        "outage": lambda: _outage(user, failing()),
    }


def _outage(user: User, failing: Sequence[Connection]) -> str:
    """Since when accounts that will be asked again do not answer, and what that means for bookings; "" for no outage.

    Of what needs a person there is a notice of its own.
    """
    if all(connection.needs_attention for connection in failing):
        return ""
    now = timezone.now()
    fresh = freshness(user, now=now)
    return freshness_sentence(user, fresh, now=now) if fresh.is_doubtful else ""


def _rush_ends_at(user: User) -> datetime | None:
    """Until when addresses must be confirmed because very many bookings come in; None to all but owners."""
    return actions.rush_ends_at(timezone.now()) if may(user, Action.MANAGE_PRACTICE) else None


def _open_proposals(user: User) -> int:
    """How many questions wait for a decision that the user may take; those about one covered day are one."""
    waiting = Proposal.objects.open().annotate(asked=Coalesce("covered_day", -F("pk")))
    mine = allowed(user, Action.DECIDE_PROPOSALS, waiting, owner="booking__staff")
    return int(mine.aggregate(count=Count("asked", distinct=True))["count"])


def _calendars_missing(user_id: int) -> str:
    """What keeps the user from being booked: "choose" calendars, "connect" again after a deactivation, or nothing."""
    connected = Exists(Connection.objects.filter(user=user_id))
    unsaved = CalendarConfiguration.objects.filter(user=user_id, saved_at=None).annotate(connected=connected)
    for is_connected, must_connect in unsaved.values_list("connected", "must_connect"):
        return "choose" if is_connected else "connect" if must_connect else ""
    return ""

"""The notices at the top of every page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from bookings.models import Proposal
from bookings.notifications.mails import calls
from connections.models import Calendar, CalendarConfiguration


def notices(request: HttpRequest) -> dict[str, Any]:
    """What waits for staff: proposals, calls, calendars to choose, broken connections.

    Lazily, so that pages without them cost no queries.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {
        "open_proposals": lambda: Proposal.objects.open().filter(booking__staff=user).count(),
        "clients_to_call": lambda: calls.to_call(user, timezone.now()).count(),
        "choose_calendars": lambda: _unsaved(user.pk),
        "new_calendars": lambda: list(
            Calendar.objects.present().filter(
                connection__user=user,
                asked_about=False,
                connection__user__calendar_configuration__saved_at__isnull=False,
            )
        ),
        "broken_connections": lambda: list(user.connections.filter(needs_attention=True)),
    }


def _unsaved(user_id: int) -> bool:
    return CalendarConfiguration.objects.filter(user=user_id, saved_at=None, user__connections__isnull=False).exists()

"""With whom a service can be booked, and who is asked first."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from bookings.actions.checks.preconditions import Refused
from bookings.models import Service
from connections.freshness import Freshness, freshness_by_user
from practice.models import User


def candidates(service: Service, staff: User | None) -> list[User]:
    """The one asked for, or everybody who offers the service. Raises Refused if nobody can be booked."""
    if not service.can_be_booked:
        raise Refused(_("“%(service)s” cannot be booked at the moment.") % {"service": service})
    if staff is not None:
        require_offer(service, staff)
        return [staff]
    able = list(service.staff.filter(is_active=True).order_by("pk"))
    if not able:
        raise Refused(_("Nobody offers “%(service)s” yet.") % {"service": service})
    return able


def require_offer(service: Service, staff: User) -> None:
    """Raises Refused unless the staff member works here and offers the service."""
    if not service.staff.filter(pk=staff.pk, is_active=True).exists():
        raise Refused(_("%(staff)s does not offer “%(service)s”.") % {"staff": staff, "service": service})


def readable_first(users: list[User], now: datetime) -> list[User]:
    """Those whose calendars were read just now before those whose could not be."""
    fresh = freshness_by_user([user.pk for user in users], now=now)
    return sorted(users, key=lambda user: _is_unread(fresh[user.pk], now))


def _is_unread(fresh: Freshness, now: datetime) -> bool:
    return fresh.pending or not fresh.bookable or (fresh.as_of is not None and fresh.as_of < now)

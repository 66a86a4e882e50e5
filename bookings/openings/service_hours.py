"""In which hours people give a service, where these are fewer than their working hours: the rows, and the sentence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from availability.models import Week
from availability.slots import Period, Shape
from bookings.models import Service, ServiceHours, ServiceShape
from practice import time_format
from practice.models import User

_WEEKDAYS: tuple[Callable[[], str], ...] = (
    lambda: _("Mondays"),
    lambda: _("Tuesdays"),
    lambda: _("Wednesdays"),
    lambda: _("Thursdays"),
    lambda: _("Fridays"),
    lambda: _("Saturdays"),
    lambda: _("Sundays"),
)


def service_hours_by_user(shape: Shape | None, users: Collection[int]) -> dict[int, Week]:
    """By key of the user, for those who give the service of the shape in hours of their own: these. One query."""
    if not users or not isinstance(shape, ServiceShape):
        return {}
    return ServiceHours.objects.by_weekday_of(shape.service, users)


def all_service_hours(service: Service) -> list[str]:
    """A sentence for each person who gives the service in hours of their own, by name. Two queries at most."""
    people = {user.pk: user for user in service.staff.order_by("first_name", "last_name", "username")}
    hours = ServiceHours.objects.by_weekday_of(service, people)
    return [service_hours_sentence(service, user, hours[key]) for key, user in people.items() if key in hours]


def service_hours_sentence(service: Service, user: User, hours: Week) -> str:
    """Say in which hours only the person gives the service; weekdays with the same periods are named together."""
    words = {"person": user.get_full_name() or user.get_username(), "service": service, "when": _when(hours)}
    return _("%(person)s gives %(service)s on %(when)s only.") % words


def _when(hours: Week) -> str:
    days_of: dict[tuple[Period, ...], list[str]] = defaultdict(list)
    for weekday in sorted(hours):
        days_of[tuple(hours[weekday])].append(_WEEKDAYS[weekday]())
    groups = [f"{_joined(days)} {_joined(_clocks(periods))}" for periods, days in days_of.items()]
    return _(", on ").join(groups)


def _clocks(periods: Iterable[Period]) -> list[str]:
    return [time_format.period(*period) for period in periods]


def _joined(words: list[str]) -> str:
    return get_text_list(words, _("and"))

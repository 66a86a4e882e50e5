"""On whose clock a client reads times: the place's where they come to a place, otherwise their own."""

from __future__ import annotations

from collections import defaultdict
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError

from bookings.models import Service
from practice.models import Practice
from practice.zones import validate_zone, zone_choices


def clock_zone(service: Service, practice: Practice, asked: str) -> ZoneInfo:
    """The zone of the times; `asked` is the client's own, as far as it is known."""
    return practice.zone if service.is_at_a_place else _known(asked) or practice.zone


def _known(name: str) -> ZoneInfo | None:
    try:
        validate_zone(name)
    except ValidationError:
        return None
    return ZoneInfo(name) if name else None


def zones_by_area() -> dict[str, list[tuple[str, str]]]:
    """For a select box: under the name of each area its zones, (name, city)."""
    areas: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name, words in zone_choices():
        area, _slash, city = words.partition("/")
        areas[area].append((name, city.replace("/", ", ") or area))
    return dict(areas)

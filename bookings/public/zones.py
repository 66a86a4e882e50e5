"""The zones that a client can choose from."""

from __future__ import annotations

from collections import defaultdict

from practice.zones import zone_choices


def zones_by_area() -> dict[str, list[tuple[str, str]]]:
    """For a select box: under the name of each area its zones, (name, city)."""
    areas: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name, words in zone_choices():
        area, _slash, city = words.partition("/")
        areas[area].append((name, city.replace("/", ", ") or area))
    return dict(areas)

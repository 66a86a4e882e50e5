"""Numbers that stand for rows in the bundle: from 1, in the order of their keys, and good for this bundle only."""

from __future__ import annotations

from dataclasses import dataclass

from connections.models import Calendar, Connection


@dataclass(frozen=True, slots=True)
class Ordinals:
    """The numbers of staff members, connections and calendars by their keys."""

    people: dict[int, int]
    connections: dict[int, int]
    calendars: dict[int, int]

    @classmethod
    def now(cls) -> Ordinals:
        rows = list(Connection.objects.order_by("pk").values_list("pk", "user_id"))
        calendars = Calendar.objects.order_by("pk").values_list("pk", flat=True)
        return cls(
            people=_numbered(sorted({user for _, user in rows})),
            connections=_numbered([pk for pk, _ in rows]),
            calendars=_numbered(list(calendars)),
        )


def _numbered(keys: list[int]) -> dict[int, int]:
    return {key: number for number, key in enumerate(keys, start=1)}

"""Which calendar is proposed as the linked one before anything is chosen: one that is named like work, or none."""

from __future__ import annotations

import re
from collections.abc import Iterable

from connections.models import Calendar

# The first group that matches any calendar wins. A name matches if one of its words begins so.
_BEGINNINGS = (
    ("booking", "buchung", "réservation", "reserva", "prenotazion", "boeking"),
    ("appointment", "termin", "rendez", "citas", "appuntament", "afspra"),
    (
        "practice",
        "praxis",
        "cabinet",
        "clinic",
        "klinik",
        "praktijk",
        "consult",
        "patient",
        "client",
        "kunde",
        "klient",
    ),
    ("arbeit", "beruf", "business", "geschäft", "office", "büro", "bureau"),
)
# Names of one word that is also the beginning of others, such as Workout; Apple calls a new account's calendar so.
_WORDS = frozenset(
    {"work", "job", "travail", "lavoro", "trabajo", "trabalho", "werk", "arbete", "dienst", "dienstlich"}
)


def proposed_calendar(calendars: Iterable[Calendar]) -> Calendar | None:
    """The calendar named like bookings, practice or work that is writable, present and seen by nobody else.

    Of several the most telling name wins, then the first of the list.
    """
    mine = [one for one in calendars if one.writable and not one.shared and one.gone_at is None]
    ranked = [(rank, number) for number, one in enumerate(mine) if (rank := _rank(one.name)) is not None]
    return mine[min(ranked)[1]] if ranked else None


def _rank(name: str) -> int | None:
    """How telling a name is, 0 for the most; None for one that says nothing of work."""
    words = re.findall(r"[^\W\d_]+", name.casefold())
    for rank, beginnings in enumerate(_BEGINNINGS):
        if any(word.startswith(beginnings) for word in words):
            return rank
    return len(_BEGINNINGS) if _WORDS.intersection(words) else None

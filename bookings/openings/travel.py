"""Which events last longer than on the iPhone, because Apple's travel time is included."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.db.models import QuerySet
from django.db.models.functions import Length

from connections import ical
from connections.models import Event

MAX_SIZE = 64 * 1024  # in bytes; a larger file is not read again only to show this
MARK = b"X-APPLE-TRAVEL"

Key = tuple[str, str]  # the calendar's path and the UID
Lengths = Mapping[Key, timedelta | None]


def plain_lengths(events: QuerySet[Event]) -> Lengths:
    """Of those of `events` that have travel time: how long each lasts without it; None where only the zone decides."""
    rows = events.annotate(size=Length("text")).filter(size__gt=0, size__lte=MAX_SIZE)
    texts = ((path, uid, bytes(text)) for path, uid, text in rows.values_list("calendar__path", "uid", "text"))
    return {(path, uid): _plain_length(text) for path, uid, text in texts if MARK in text.upper()}


def _plain_length(text: bytes) -> timedelta | None:
    event = ical.own_event(text)
    return event.end - event.start if event.start and event.end else None


def includes_travel(key: Key, length: timedelta, plain: Lengths) -> bool:
    """Is an occurrence of this length longer than its event, because somebody has to get there?"""
    if key not in plain:
        return False
    without = plain[key]
    return without is None or length > without

"""Which events last longer than on the iPhone because Apple's travel time is included, and which parts of them are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta

from django.db.models import QuerySet
from django.db.models.functions import Length
from django.utils.dateparse import parse_duration

from availability.intervals import Span
from connections import ical
from connections.busy import Busy
from connections.models import Event

MAX_SIZE = 64 * 1024  # in bytes; a larger file is not read again only to show this
MARK = b"X-APPLE-TRAVEL"
DURATION = re.compile(rb"^X-APPLE-TRAVEL(-RETURN)?-DURATION[^:\r\n]*:(\S+)", re.IGNORECASE | re.MULTILINE)

Key = tuple[int | None, str]  # of the calendar, and the UID; calendars by web address all have one path
Lengths = Mapping[Key, timedelta | None]
TravelTimes = Mapping[Key, tuple[timedelta, timedelta]]  # before and after the event


def plain_lengths(events: QuerySet[Event]) -> Lengths:
    """Of those of `events` that have travel time: how long each lasts without it; None where only the zone decides."""
    return {key: _plain_length(text) for key, text in _texts_with_travel(events)}


def travel_times(events: QuerySet[Event]) -> TravelTimes:
    """Of those of `events` that have travel time: how long it is before and after them."""
    return {key: (_longest(text, b""), _longest(text, b"-RETURN")) for key, text in _texts_with_travel(events)}


def travel_spans(event: Busy, times: TravelTimes) -> tuple[Span | None, Span | None]:
    """The parts of an occurrence in which somebody travels: before and after the event itself."""
    before, after = times.get((event.calendar_id, event.uid), (timedelta(), timedelta()))
    if before + after >= event.end - event.start:
        return None, None
    there = (event.start, event.start + before) if before else None
    return there, (event.end - after, event.end) if after else None


def _texts_with_travel(events: QuerySet[Event]) -> Iterator[tuple[Key, bytes]]:
    rows = events.annotate(size=Length("text")).filter(size__gt=0, size__lte=MAX_SIZE)
    texts = ((calendar, uid, bytes(text)) for calendar, uid, text in rows.values_list("calendar", "uid", "text"))
    return (((calendar, uid), text) for calendar, uid, text in texts if MARK in text.upper())


def _longest(text: bytes, which: bytes) -> timedelta:
    """The longest travel time of a kind; a negative one, and one that cannot be read, is none."""
    found = (
        match[2].decode(errors="replace") for match in DURATION.finditer(text) if (match[1] or b"").upper() == which
    )
    return max([timedelta(), *(duration for value in found if (duration := parse_duration(value)))])


def _plain_length(text: bytes) -> timedelta | None:
    event = ical.own_event(text)
    return event.end - event.start if event.start and event.end else None


def includes_travel(key: Key, length: timedelta, plain: Lengths) -> bool:
    """Is an occurrence of this length longer than its event, because somebody has to get there?"""
    if key not in plain:
        return False
    without = plain[key]
    return without is None or length > without

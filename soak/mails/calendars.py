"""The calendars of clients: each applies the calendar part of every mail that has arrived."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from soak.findings import Findings
from soak.ledger import Span
from soak.mails.arrival import Arrival, CalendarPart
from soak.mails.itip import ItipReceiver

Spans = Mapping[str, Span]
"""The appointments in a calendar, by UID."""


def client_calendars(arrived: Iterable[Arrival], found: Findings) -> dict[str, dict[str, Spans]]:
    """Two calendars of each client, by address and name.

    One has applied the calendar parts of the mails as they arrived, the other each twice, all in a random order.
    """
    parts: dict[str, list[CalendarPart]] = defaultdict(list)
    for arrival in arrived:
        for part in arrival.calendar_parts if arrival.is_to_client else []:
            found.looked_at["calendar parts"] += 1
            parts[arrival.recipient].append(part)
    return {address: _both(address, own, found) for address, own in parts.items()}


def _both(address: str, parts: list[CalendarPart], found: Findings) -> dict[str, Spans]:
    shuffled = random.Random(address).sample(2 * parts, 2 * len(parts))  # noqa: S311 - no security depends on it
    return {"in order": _applied(address, parts, found), "shuffled": _applied(address, shuffled, found)}


def _applied(address: str, parts: Sequence[CalendarPart], found: Findings) -> Spans:
    calendar = ItipReceiver(address)
    for part in parts:
        try:
            calendar.receive(part.text, part.method)
        except (ValueError, KeyError) as error:
            found.wrong.append(f"a calendar part cannot be applied for {address}: {error!r}")
    return {uid: (one.start, one.end) for uid, one in calendar.appointments.items()}

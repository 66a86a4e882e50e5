"""Who of those invited to an event is oneself, and what one answered."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from connections.ical.content_lines import Line


@lru_cache(maxsize=64)
def own_addresses(addresses: frozenset[str]) -> frozenset[str]:
    """Calendar user addresses in the form in which they are compared."""
    return frozenset(filter(None, map(_address, addresses)))


def _address(value: str) -> str:
    """Without mailto:, host, escapes and letter case: iCloud writes mail addresses, relay addresses and paths."""
    value = unquote(value.strip().lower()).removeprefix("mailto:")
    if value.startswith(("http://", "https://")):
        value = _path(value)
    return value.rstrip("/")


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return url


def answer(attendees: Collection[Line], own: frozenset[str]) -> str:
    """The own PARTSTAT, "" where one is not invited. Where one is invited twice, the answer that blocks counts."""
    answers = {line.params.get("PARTSTAT", "NEEDS-ACTION").upper() for line in attendees if invites(line, own)}
    order = ("ACCEPTED", "DELEGATED", "NEEDS-ACTION", "TENTATIVE", "DECLINED")
    return min(answers, key=lambda answer: order.index(answer) if answer in order else -1, default="")


def invites(attendee: Line, own: frozenset[str]) -> bool:
    """Does this ATTENDEE line mean one of the `own` addresses, by its value or its EMAIL parameter?"""
    return _address(attendee.value) in own or _address(attendee.params.get("EMAIL", "")) in own

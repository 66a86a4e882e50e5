"""Does an instance block? The answer of the calendar's owner and the rules of the calendar decide."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from connections.ical.components import Component
from connections.ical.content_lines import Line
from connections.ical.types import Rules

_OPEN = frozenset({"NEEDS-ACTION", "TENTATIVE"})
_ANSWERS = ("ACCEPTED", "DELEGATED", "NEEDS-ACTION", "TENTATIVE", "DECLINED")  # first those that block most


def verdict(component: Component, rules: Rules) -> tuple[bool, str]:
    """(blocks, reason) for an instance that `component` describes. The first rule that applies decides."""
    if component.damaged:
        return True, "unreadable"
    if component.status == "CANCELLED":
        return False, "cancelled"
    if component.answer == "DECLINED":
        return False, "declined"
    if component.all_day and rules.all_day in ("always", "never"):
        return rules.all_day == "always", "all_day_rule"
    if component.transparent:
        return False, "free"
    if component.answer in _OPEN:
        return rules.invitations_block, "invitation_rule"
    return True, "busy"


@lru_cache(maxsize=64)
def own_addresses(addresses: frozenset[str]) -> frozenset[str]:
    """The calendar user addresses of the calendar's owner, normalised for comparison."""
    return frozenset(filter(None, map(_address, addresses)))


def _address(value: str) -> str:
    """Without mailto:, host, escapes and capitals: iCloud writes mail addresses, relay addresses and paths."""
    value = unquote(value.strip().lower()).removeprefix("mailto:")
    if value.startswith(("http://", "https://")):
        value = _path(value)
    return value.rstrip("/")


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return url


def own_answer(attendees: Collection[Line], own: frozenset[str]) -> str:
    """The owner's PARTSTAT, "" if the owner is not invited. If invited twice, the answer that blocks more counts."""
    answers = {line.params.get("PARTSTAT", "NEEDS-ACTION").upper() for line in attendees if invites(line, own)}
    return min(answers, key=lambda answer: _ANSWERS.index(answer) if answer in _ANSWERS else -1, default="")


def invites(attendee: Line, own: frozenset[str]) -> bool:
    """Does this ATTENDEE line name one of the `own` addresses, in its value or its EMAIL parameter?"""
    return _address(attendee.value) in own or _address(attendee.params.get("EMAIL", "")) in own

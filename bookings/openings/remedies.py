"""What makes an event block, or no longer block: something to do on the iPhone, or a rule of its calendar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from django.utils.translation import gettext as _

from connections.models import Calendar, Occurrence
from connections.problems import Problem

Reason = Occurrence.Reason
AllDay = Calendar.AllDay


class RuledEvent(Protocol):
    """An occurrence: whether it blocks, and by which rule."""

    @property
    def blocks(self) -> bool: ...
    @property
    def reason(self) -> str: ...
    @property
    def all_day(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A rule of a calendar that one press changes at once: the field that is sent, and its value."""

    label: str
    calendar: Calendar
    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Remedy:
    """Words for what to do elsewhere ("" for nothing), and what can be done right here."""

    text: str = ""
    changes: tuple[RuleChange, ...] = ()


def remedy(event: RuledEvent, calendar: Calendar, problem: str = "") -> Remedy:
    """What would make `event`, which is in `calendar`, block if it does not, or no longer block if it does.

    The calendar comes with its connection. `problem` is why the event could not be read or worked out.
    """
    if event.reason == Reason.UNREADABLE and problem not in ("", "unreadable"):
        words = calendar.connection.about(Problem(problem)).sentence
        return Remedy(f"{words} {remedy_of_problem(problem, calendar)}".strip())
    return Remedy(_elsewhere(event, calendar), tuple(_changes(event, calendar)))


def _elsewhere(event: RuledEvent, calendar: Calendar) -> str:
    """What to do where the event can be changed."""
    key = (event.reason, event.blocks)
    if calendar.connection.is_feed:
        return _PUBLISHED.get(key, _nothing)()
    words = _READ_ONLY if not calendar.writable and key in _READ_ONLY else _ON_THE_IPHONE
    return words.get(key, _nothing)()


def _nothing() -> str:
    return ""


def _changes(event: RuledEvent, calendar: Calendar) -> list[RuleChange]:
    if event.reason == Reason.INVITATION_RULE:
        return [_invitations(calendar, blocks=not event.blocks)]
    if event.reason == Reason.ALL_DAY_RULE:
        return [_all_day(calendar, AllDay.AS_MARKED)]
    if event.all_day and event.reason == Reason.FREE:
        return [_all_day(calendar, AllDay.ALWAYS)]
    if event.all_day and event.reason == Reason.BUSY:
        return [_all_day(calendar, AllDay.NEVER)]
    return []


def _all_day(calendar: Calendar, rule: AllDay) -> RuleChange:
    labels = {
        AllDay.ALWAYS: _("Always block all-day events of this calendar"),
        AllDay.NEVER: _("Never block all-day events of this calendar"),
        AllDay.AS_MARKED: _("Block all-day events of this calendar only if marked Busy"),
    }
    return RuleChange(labels[rule], calendar, "all_day_rule", str(rule))


def _invitations(calendar: Calendar, *, blocks: bool) -> RuleChange:
    if blocks:
        label, value = _("Block for unanswered and tentative invitations of this calendar"), "yes"
    else:
        label, value = _("Do not block for unanswered and tentative invitations of this calendar"), "no"
    return RuleChange(label, calendar, "invitations_block", value)


_Words = dict[tuple[str, bool], Callable[[], str]]
_ON_THE_IPHONE: _Words = {
    (Reason.FREE, False): lambda: _("Free on your iPhone. To make it block: Show As > Busy."),
    (Reason.BUSY, True): lambda: _("To leave the time free, on your iPhone: Show As > Free."),
    (Reason.DECLINED, False): lambda: _("To make it block, accept the invitation on your iPhone."),
    (Reason.CANCELLED, False): lambda: _("It was cancelled. To hide it, delete it on your iPhone."),
    (Reason.UNREADABLE, True): lambda: _("Open it on your iPhone and save it again."),
    (Reason.INVITATION_RULE, True): lambda: _("To leave the time free, decline the invitation on your iPhone."),
    (Reason.INVITATION_RULE, False): lambda: _("To make it block, accept the invitation on your iPhone."),
}
_READ_ONLY: _Words = {
    (Reason.FREE, False): lambda: _("You can only read this calendar. Its owner can mark the event Busy."),
    (Reason.BUSY, True): lambda: _("You can only read this calendar. Its owner can mark the event Free."),
    (Reason.UNREADABLE, True): lambda: _("You can only read this calendar. Its owner can save the event again."),
}
_PUBLISHED: _Words = {
    (Reason.FREE, False): lambda: _("Only whoever publishes this calendar can mark the event Busy."),
    (Reason.BUSY, True): lambda: _("Only whoever publishes this calendar can mark the event Free."),
    (Reason.UNREADABLE, True): lambda: _("Only whoever publishes this calendar can correct the event."),
}
"""Of a calendar by web address: nobody here answers its invitations or deletes its events."""

_OF_PROBLEMS: dict[str, Callable[[], str]] = {
    "unreadable": lambda: _("Open it on your iPhone and save it again."),
    "zone_unknown": lambda: _("Open it on your iPhone, choose its time zone and save it again."),
    "too_many_overrides": lambda: _("End this series on your iPhone and start a new one."),
    "too_many_occurrences": lambda: _("Open it on your iPhone and make it repeat less often, or give it an end."),
}


def remedy_of_problem(code: str, calendar: Calendar) -> str:
    """What to do about an event of `calendar` that could not be read, or only in part; "" if its sentence says it."""
    if code in _OF_PROBLEMS and not calendar.writable:
        return (_PUBLISHED if calendar.connection.is_feed else _READ_ONLY)[Reason.UNREADABLE, True]()
    return _OF_PROBLEMS.get(code, _nothing)()

"""What makes an event block, or no longer block: something to do on the iPhone, or a rule of its calendar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from django.utils.translation import gettext as _

from connections.models import Calendar, Occurrence
from connections.problems import sentence

Reason = Occurrence.Reason
AllDay = Calendar.AllDay


class Judged(Protocol):
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


def remedy(event: Judged, calendar: Calendar, problem: str = "") -> Remedy:
    """What would turn the verdict about `event`, which is in `calendar`, into the other one.

    `problem` is why the event could not be read or worked out.
    """
    if event.reason == Reason.UNREADABLE and problem not in ("", "unreadable"):
        return Remedy(f"{sentence(problem)} {remedy_of_problem(problem, calendar)}".strip())
    verdict = (event.reason, event.blocks)
    words = _READ_ONLY if not calendar.writable and verdict in _READ_ONLY else _ON_THE_IPHONE
    return Remedy(words.get(verdict, _nothing)(), tuple(_changes(event, calendar)))


def _nothing() -> str:
    return ""


def _changes(event: Judged, calendar: Calendar) -> list[RuleChange]:
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
        AllDay.AS_MARKED: _("Let each all-day event of this calendar block as it is marked"),
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
    (Reason.BUSY, True): lambda: _("To leave the time open, on your iPhone: Show As > Free."),
    (Reason.DECLINED, False): lambda: _("Accept the invitation on your iPhone, and it blocks."),
    (Reason.CANCELLED, False): lambda: _("It was called off. Delete it on your iPhone if you want it out of sight."),
    (Reason.UNREADABLE, True): lambda: _("Open it on the iPhone and save it again."),
    (Reason.INVITATION_RULE, True): lambda: _("Decline the invitation on your iPhone, and it no longer blocks."),
    (Reason.INVITATION_RULE, False): lambda: _("Accept the invitation on your iPhone, and it blocks."),
}
_READ_ONLY: _Words = {
    (Reason.FREE, False): lambda: _("You may only read this calendar: whoever keeps it can mark the event Busy."),
    (Reason.BUSY, True): lambda: _("You may only read this calendar: whoever keeps it can mark the event Free."),
    (Reason.UNREADABLE, True): lambda: _("You may only read this calendar: whoever keeps it can save the event again."),
}

_OF_PROBLEMS: dict[str, Callable[[], str]] = {
    "unreadable": lambda: _("Open it on the iPhone and save it again."),
    "zone_unknown": lambda: _("Open it on the iPhone, choose its time zone and save it again."),
    "too_many_overrides": lambda: _("End this series on the iPhone and begin a new one."),
    "too_many_occurrences": lambda: _("Open it on the iPhone and let it repeat less often, or give it an end."),
}


def remedy_of_problem(code: str, calendar: Calendar) -> str:
    """What to do about an event of `calendar` that could not be read, or only in part; "" if its sentence says it."""
    if code in _OF_PROBLEMS and not calendar.writable:
        return _READ_ONLY[Reason.UNREADABLE, True]()
    return _OF_PROBLEMS.get(code, _nothing)()

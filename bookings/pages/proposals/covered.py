"""A covered day as pages show it: the question with its buttons, and what became of each booking."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from availability.intervals import overlaps
from bookings import actions
from bookings.actions import leaving
from bookings.models import CoveredDay, Proposal
from bookings.proposals import covered_words
from bookings.proposals.covered_days import CHOICES, DayChoice, questions_to_clients
from practice import time_format
from practice.models import User

Choice = Proposal.Choice


@dataclass(frozen=True, slots=True)
class DayButton:
    """One way to decide about all bookings of the day."""

    choice: DayChoice
    label: str

    @property
    def is_safe(self) -> bool:
        """Does every booking stay as its client knows it?"""
        return self.choice in (DayChoice.KEEP_ALL, DayChoice.KEEP_ASKING_ALL)


@dataclass(frozen=True, slots=True)
class CoveredGroup:
    """The bookings of a day that are still to be decided about: several of them, which one event covers or covered."""

    day: CoveredDay
    all: list[Proposal]
    sentence: str
    buttons: list[DayButton]

    @property
    def kind(self) -> Proposal.Kind:
        """What is asked about them."""
        return Proposal.Kind(self.all[0].kind)

    @property
    def key(self) -> str:
        """What its elements on a page are named after."""
        return str(self.day.pk) if self.kind == Proposal.Kind.COLLISION else f"{self.day.pk}-{self.kind}"

    @property
    def unmailed(self) -> str:
        """What is said of the clients who cannot be asked by e-mail; "" if all can."""
        names = [one.booking.client.name for one in self.all if not one.booking.seat.address]
        return _("To be called, without an e-mail address: %(names)s") % {"names": ", ".join(names)} if names else ""


@dataclass(frozen=True, slots=True)
class DecidedBooking:
    """A booking that was decided about, and what became of it."""

    proposal: Proposal
    words: str
    is_waiting: bool = False
    is_asked: bool = False
    """Has the time for undoing the question to the client passed, who has not chosen yet?"""


def covered_groups(proposals: Iterable[Proposal], reader: User, now: datetime) -> list[CoveredGroup]:
    """The groups among these open proposals, in the order of their first bookings."""
    days: dict[tuple[CoveredDay, str], list[Proposal]] = {}
    for proposal in sorted(proposals, key=lambda one: (one.booking.start, one.pk)):
        if proposal.covered_day is not None:
            days.setdefault((proposal.covered_day, proposal.kind), []).append(proposal)
    return [_group(day, several, reader, now) for (day, _kind), several in days.items() if len(several) > 1]


def _group(day: CoveredDay, several: list[Proposal], reader: User, now: datetime) -> CoveredGroup:
    kind, count = Proposal.Kind(several[0].kind), len(several)
    offered = CHOICES[kind]
    free = _with_free_colleague(several, now) if DayChoice.HAND_OVER_ALL in offered else 0
    choices = [one for one in offered if free or one is not DayChoice.HAND_OVER_ALL]
    buttons = [DayButton(one, covered_words.choice_label(one, count, free)) for one in choices]
    return CoveredGroup(day, several, covered_words.question(kind, day, count, reader), buttons)


def _with_free_colleague(several: list[Proposal], now: datetime) -> int:
    """For how many of the bookings somebody else is free."""
    colleagues = leaving.free_colleagues([one.booking for one in several], now)
    return sum(bool(users) for users in colleagues.values())


def alone(proposals: Sequence[Proposal], groups: Iterable[CoveredGroup]) -> list[Proposal]:
    """The proposals that are in no group."""
    grouped = {one.pk for group in groups for one in group.all}
    return [one for one in proposals if one.pk not in grouped]


# --- what became of them ------------------------------------------------------------------------------------


def answers(day: CoveredDay, now: datetime) -> list[DecidedBooking]:
    """What became of the bookings of the day that were decided about, in the order in which they were asked about."""
    decided = day.proposals.filter(kind=Proposal.Kind.COLLISION).exclude(decided_at=None).with_details().order_by("pk")
    current = set(questions_to_clients(day).values_list("pk", flat=True))
    return [_answer(proposal, now, may_wait=proposal.pk in current) for proposal in decided]


def _answer(proposal: Proposal, now: datetime, *, may_wait: bool) -> DecidedBooking:
    """`may_wait`: is this the last question to the client? Who was asked again because of another day has answered."""
    booking = proposal.booking
    if not booking.live:
        return DecidedBooking(proposal, _("Cancelled"))
    if booking.new_time_asked_at and may_wait:
        is_asked = booking.new_time_asked_at <= now
        return DecidedBooking(proposal, _waits(proposal, now), is_waiting=True, is_asked=is_asked)
    if proposal.choice == Choice.HAND_OVER:
        return DecidedBooking(proposal, _("Given to %(staff)s") % {"staff": covered_words.staff_name(booking.staff)})
    if proposal.choice == Choice.ASK or _was_moved(proposal):
        return DecidedBooking(proposal, _now_words(proposal))
    return DecidedBooking(proposal, proposal.get_choice_display())


def _was_moved(proposal: Proposal) -> bool:
    """Is the booking with somebody else by now, or at a time that the day does not cover?"""
    booking, day = proposal.booking, proposal.covered_day
    return booking.staff != proposal.person or (
        day is not None and not overlaps(day.span, [(booking.start, booking.end)])
    )


def _now_words(proposal: Proposal) -> str:
    """When and, if that has changed, with whom the booking is by now."""
    booking = proposal.booking
    words = {"time": time_format.short_day_and_clock(booking.start), "staff": covered_words.staff_name(booking.staff)}
    return (_("Now %(time)s") if booking.staff == proposal.person else _("Now %(time)s, with %(staff)s")) % words


def _waits(proposal: Proposal, now: datetime) -> str:
    """How far a client is who was asked and has not chosen yet."""
    booking = proposal.booking
    asked_at = booking.new_time_asked_at or now
    if asked_at > now:
        return _("Is asked at %(time)s") % {"time": time_format.clock(asked_at)}
    if not booking.seat.address:
        return _("To be called: no e-mail address")
    return _("Asked, no answer yet")


def answered_sentence(found: Sequence[DecidedBooking]) -> str:
    """How many of those who were asked have answered; "" if nobody was asked."""
    asked = [one for one in found if one.proposal.choice == Choice.ASK]
    if not asked:
        return ""
    words = ngettext("%(answered)s of %(count)s has answered.", "%(answered)s of %(count)s have answered.", len(asked))
    return words % {"answered": sum(not one.is_waiting for one in asked), "count": len(asked)}


# --- what is said after a decision ----------------------------------------------------------------------------


def done_sentences(choice: str, result: actions.DayDecided) -> list[str]:
    """What was done for the whole day, and what is left."""
    if not result.decided and not result.left:
        return []
    count = result.decided
    if choice == DayChoice.ASK_ALL:
        return [
            ngettext(
                "%(count)s client is asked to choose another time.",
                "%(count)s clients are asked to choose another time.",
                count,
            )
            % {"count": count}
        ]
    if choice == DayChoice.KEEP_ALL:
        return [ngettext("%(count)s booking is kept.", "%(count)s bookings are kept.", count) % {"count": count}]
    if choice == DayChoice.KEEP_ASKING_ALL:
        return [still_asked_sentence(count)]
    if choice == DayChoice.STAND_ALL:
        return [let_stand_sentence(count)]
    return _given(result)


def still_asked_sentence(count: int) -> str:
    words = ngettext(
        "%(count)s client is still asked to choose another time.",
        "%(count)s clients are still asked to choose another time.",
        count,
    )
    return words % {"count": count}


def let_stand_sentence(count: int) -> str:
    words = ngettext(
        "%(count)s appointment stands after all. A client who was asked already is told.",
        "%(count)s appointments stand after all. Clients who were asked already are told.",
        count,
    )
    return words % {"count": count}


def _given(result: actions.DayDecided) -> list[str]:
    given = ngettext(
        "%(count)s booking was given to a colleague.", "%(count)s bookings were given to colleagues.", result.decided
    )
    left = ngettext(
        "For %(count)s booking nobody else is free. Decide about it.",
        "For %(count)s bookings nobody else is free. Decide about them.",
        result.left,
    )
    found = [given % {"count": result.decided}] if result.decided else []
    return [*found, left % {"count": result.left}] if result.left else found

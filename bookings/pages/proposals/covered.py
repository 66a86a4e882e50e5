"""A covered day as pages show it: the question with its buttons, and what became of each booking."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings import actions
from bookings.actions import leaving
from bookings.models import CoveredDay, Proposal
from bookings.notifications.client_notice import no_address
from bookings.proposals import covered_words
from bookings.proposals.covered_days import DayChoice
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
        return self.choice is DayChoice.KEEP_ALL


@dataclass(frozen=True, slots=True)
class CoveredGroup:
    """The bookings of a day that are still to be decided about: several of them, which one event covers."""

    day: CoveredDay
    all: list[Proposal]
    sentence: str
    buttons: list[DayButton]

    @property
    def unmailed(self) -> list[str]:
        """What is said of the clients who cannot be asked by e-mail."""
        clients = [one.booking.client for one in self.all if not one.booking.seat.address]
        return [no_address(client) for client in clients]


@dataclass(frozen=True, slots=True)
class Answer:
    """A booking that was decided about, and what became of it."""

    proposal: Proposal
    words: str
    is_waiting: bool = False


def covered_groups(proposals: Iterable[Proposal], reader: User, now: datetime) -> list[CoveredGroup]:
    """The groups among these open proposals, in the order of their first bookings."""
    days: dict[CoveredDay, list[Proposal]] = {}
    for proposal in sorted(proposals, key=lambda one: (one.booking.start, one.pk)):
        if proposal.covered_day is not None:
            days.setdefault(proposal.covered_day, []).append(proposal)
    return [_group(day, several, reader, now) for day, several in days.items() if len(several) > 1]


def _group(day: CoveredDay, several: list[Proposal], reader: User, now: datetime) -> CoveredGroup:
    colleagues = leaving.free_colleagues([one.booking for one in several], now)
    free = sum(bool(users) for users in colleagues.values())
    choices = [one for one in DayChoice if free or one is not DayChoice.HAND_OVER_ALL]
    buttons = [DayButton(one, covered_words.choice_label(one, len(several), free)) for one in choices]
    return CoveredGroup(day, several, covered_words.covers_sentence(day, len(several), reader), buttons)


def alone(proposals: Sequence[Proposal], groups: Iterable[CoveredGroup]) -> list[Proposal]:
    """The proposals that are in no group."""
    grouped = {one.pk for group in groups for one in group.all}
    return [one for one in proposals if one.pk not in grouped]


# --- what became of them ------------------------------------------------------------------------------------


def answers(day: CoveredDay, now: datetime) -> list[Answer]:
    """What became of the bookings of the day that were decided about, in the order in which they were asked about."""
    decided = day.proposals.exclude(decided_at=None).with_details().order_by("pk")
    return [_answer(proposal, now) for proposal in decided]


def _answer(proposal: Proposal, now: datetime) -> Answer:
    booking = proposal.booking
    if not booking.live:
        return Answer(proposal, _("Cancelled"))
    if booking.new_time_asked_at and proposal.choice == Choice.ASK:
        return Answer(proposal, _waits(proposal, now), is_waiting=True)
    words = {"time": time_format.short_day_and_clock(booking.start), "staff": covered_words.name(booking.staff)}
    is_own = booking.staff == proposal.person
    if proposal.choice == Choice.ASK:
        return Answer(proposal, (_("Now %(time)s") if is_own else _("Now %(time)s, with %(staff)s")) % words)
    if proposal.choice == Choice.HAND_OVER:
        return Answer(proposal, _("Given to %(staff)s") % words)
    return Answer(proposal, proposal.get_choice_display())


def _waits(proposal: Proposal, now: datetime) -> str:
    """How far a client is who was asked and has not chosen yet."""
    booking = proposal.booking
    asked_at = booking.new_time_asked_at or now
    if asked_at > now:
        return _("Is asked at %(time)s") % {"time": time_format.clock(asked_at)}
    if not booking.seat.address:
        return _("To be called: no e-mail address")
    return _("Asked, no answer yet")


def answered_sentence(found: Sequence[Answer]) -> str:
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
    return _given(result)


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

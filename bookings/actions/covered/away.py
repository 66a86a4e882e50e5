"""Somebody is away for a day: nobody can book them then, and what is booked already must be decided."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Exists, OuterRef

from availability.intervals import Span
from availability.models import BlockedSlot
from availability.wall_clock import MIDNIGHT, end_of, start_of
from bookings.models import CoveredDay, Proposal
from bookings.proposals import collisions
from connections.models import CalendarConfiguration, schedule_lock
from practice.models import User


def note_away(person: User, day: date, *, now: datetime) -> CoveredDay | None:
    """Block the whole day of the person; the covered day with its bookings, None if there are none to decide about.

    It needs no event: the blocked slot alone covers the bookings. Noted twice it stays as it is.
    """
    CalendarConfiguration.objects.get_or_create(user=person)
    with schedule_lock(person):
        start, end = _span(person, day)
        slot, created = BlockedSlot.objects.get_or_create(user=person, start=start, end=end, defaults={"is_away": True})
        if not created:
            BlockedSlot.objects.filter(pk=slot.pk).update(is_away=True)
        collisions.update_notices(person, now)
    asked = Proposal.objects.open().filter(covered_day=OuterRef("pk"))
    return CoveredDay.objects.filter(Exists(asked), person=person, date=day, start=start, end=end).first()


def note_back(person: User, day: date, *, now: datetime) -> None:
    """The person is there on that day after all: the day is free again, and what was not decided yet is not asked.

    A slot that has a note stays as one that was entered around bookings.
    """
    with schedule_lock(person):
        start, end = _span(person, day)
        slots = BlockedSlot.objects.filter(user=person, start=start, end=end, is_away=True)
        slots.filter(note="").delete()
        slots.update(is_away=False)
        collisions.update_notices(person, now)


def follow_away_slots(now: datetime) -> None:
    """Ask about days whose slot was removed or changed elsewhere what is still to be asked, if anything."""
    slot = BlockedSlot.objects.filter(
        user=OuterRef("covered_day__person"),
        start=OuterRef("covered_day__start"),
        end=OuterRef("covered_day__end"),
        is_away=True,
    )
    asked = Proposal.objects.open().filter(kind=Proposal.Kind.COLLISION)
    waiting = Proposal.objects.filter(
        choice=Proposal.Choice.ASK, booking__new_time_asked_at__isnull=False, booking__end__gt=now
    )
    is_known = Proposal.objects.filter(booking=OuterRef("booking"), kind=Proposal.Kind.UNCOVERED)
    outdated = (asked | waiting.exclude(Exists(is_known))).filter(~Exists(slot), covered_day__is_away=True)
    for person in User.objects.filter(pk__in=list(outdated.values_list("covered_day__person", flat=True))):
        with schedule_lock(person):
            collisions.update_notices(person, now)


def _span(person: User, day: date) -> Span:
    zone = CalendarConfiguration.of(person).zone
    return start_of(day, MIDNIGHT, zone), end_of(day, MIDNIGHT, zone)

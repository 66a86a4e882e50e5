"""Clients were asked to choose another time, and what was the reason has moved or gone: do the appointments stand?"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from bookings.models import Booking, Proposal
from bookings.proposals import lifecycle
from bookings.proposals.covered_words import staff_name
from practice import time_format
from practice.language import mail_language

Kind = Proposal.Kind
Choice = Proposal.Choice


def update_questions(waiting: Collection[Booking], overlapped: Collection[Booking], now: datetime) -> None:
    """Ask about each booking that nothing overlaps any more, and withdraw that where something does again.

    The clients of `waiting` are asked to choose another time. Nobody is asked twice about one question to a client.
    """
    if not waiting:
        return
    asked = Proposal.objects.open().filter(booking__in=waiting, kind=Kind.UNCOVERED)
    lifecycle.withdraw(asked.filter(booking__in=overlapped), now)
    known = set(asked.values_list("booking", flat=True))
    for booking in waiting:
        question = None if booking in overlapped or booking.pk in known else _question(booking)
        if question is not None:
            reason, day = _reason(booking, question), question.covered_day
            lifecycle.propose(booking.pk, Kind.UNCOVERED, reason, now, covered_day=day)


def _question(booking: Booking) -> Proposal | None:
    """The decision to ask the client; None if staff have decided to keep asking since."""
    decided = booking.proposals.exclude(decided_at=None).select_related("covered_day").order_by("-decided_at", "-pk")
    latest = decided.filter(choice__in=(Choice.ASK, Choice.KEEP_ASKING)).first()
    return latest if latest and latest.choice == Choice.ASK else None


def _reason(booking: Booking, question: Proposal) -> lifecycle.ProposalReason:
    """For the owner of the calendar, and without the title of the event for colleagues."""
    day, owner = question.covered_day, booking.staff
    with translation.override(mail_language(owner)), timezone.override(owner.calendar_configuration.zone):
        words = {
            "time": time_format.short_day_and_clock(booking.start),
            "title": day.title if day and day.title else _("No title"),
            "person": staff_name(owner),
        }
        if day and day.is_away:
            own, others = _("You are no longer away on %(time)s."), _("%(person)s is no longer away on %(time)s.")
        else:
            own, others = _("“%(title)s” no longer covers %(time)s."), _("No event covers %(time)s any more.")
        return lifecycle.ProposalReason(own % words, others % words)

"""How fresh the calendars are, and what is wrong with each of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from availability.intervals import Span
from bookings.openings.freshness_words import (
    calendar_problem,
    conflict_calendars,
    freshness_sentence,
    unread_feeds,
)
from bookings.openings.reasons import Reason, ReasonKind, ToldTo
from bookings.openings.rules.question import TimeQuestion
from bookings.providers import provider_names
from connections.freshness import Freshness, FreshnessState, freshness
from connections.plan import window
from practice import time_format


def freshness_reasons(question: TimeQuestion) -> Iterator[Reason]:
    """How fresh the calendars are, then what is wrong with each of them."""
    user, now = question.user, question.now
    fresh = freshness(user, now=now, asked=question.asked)
    text = freshness_sentence(user, fresh, now=now, is_own=question.told_to is ToldTo.OWNER)
    yield Reason(ReasonKind.FRESHNESS, _blocks(question, fresh), text, None, fresh.as_of)
    if question.asked or fresh.state in ("deactivated", "none", "unconfigured"):
        return
    kept = kept_window(now)
    if question.span[0] < kept[0] or question.span[1] > kept[1]:
        text = _("Events are kept from %(first)s to %(last)s. What %(provider)s has beyond that is not known here.")
        words = {"first": time_format.day_name(kept[0]), "last": time_format.day_name(kept[1])}
        text %= words | {"provider": provider_names(user)}
        yield Reason(ReasonKind.FRESHNESS, False, text, *kept)
    for calendar in conflict_calendars(user) if question.told_to is not ToldTo.COLLEAGUE else ():
        if text := calendar_problem(calendar):
            yield Reason(ReasonKind.FRESHNESS, False, text, None, calendar.fresh_at)


def _blocks(question: TimeQuestion, fresh: Freshness) -> bool:
    """May nothing be booked because of how fresh the calendars are?

    What was moved on the iPhone is not held up by a calendar by web address: the calendars in which events of ours
    stand were read, and what is known of the other still blocks.
    """
    if fresh.bookable or fresh.state not in (FreshnessState.STALE, FreshnessState.NEVER_READ):
        return not fresh.bookable
    return not (question.moved_there and unread_feeds(question.user, question.now))


def kept_window(now: datetime) -> Span:
    """From when to when events are kept at all."""
    return window(now, past_days=settings.SYNC_WINDOW_PAST_DAYS, horizon_days=settings.BOOKING_HORIZON_DAYS)

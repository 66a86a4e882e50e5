"""What the service and its person allow: notice, horizon, and how many bookings a day and week have."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from availability.slots import Shape
from bookings.openings.limit_words import limit_sentence
from bookings.openings.limits import counts_at
from bookings.openings.own_time import own_claims
from bookings.openings.reasons import Reason, ReasonKind
from bookings.openings.rules.question import TimeQuestion
from practice import time_format


def timing_reasons(question: TimeQuestion) -> Iterator[Reason]:
    """Notice and horizon of the service; of a bare hour only that it must not be over."""
    at, now, shape = question.span[0], question.now, question.shape
    if at < now and not question.running:
        yield Reason(ReasonKind.NOTICE, True, _("This time is over."), None, now)
    if shape is None:
        return
    if at >= now:
        soonest = now + shape.notice
        yield Reason(ReasonKind.NOTICE, at < soonest, _notice(shape, soonest), None, soonest)
    farthest = now + shape.horizon
    yield Reason(ReasonKind.HORIZON, at >= farthest, _horizon(shape, farthest), farthest, None)


def _notice(shape: Shape, soonest: datetime) -> str:
    minutes = int(shape.notice.total_seconds() // 60)
    text = ngettext(
        "The service needs %(minutes)s minute’s notice, so it can start from %(time)s on.",
        "The service needs %(minutes)s minutes’ notice, so it can start from %(time)s on.",
        minutes,
    )
    return text % {"minutes": minutes, "time": time_format.day_and_clock(soonest)}


def _horizon(shape: Shape, farthest: datetime) -> str:
    text = ngettext(
        "The service can be booked %(days)s day ahead, that is before %(time)s.",
        "The service can be booked %(days)s days ahead, that is before %(time)s.",
        shape.horizon.days,
    )
    return text % {"days": shape.horizon.days, "time": time_format.day_and_clock(farthest)}


def limit_reasons(question: TimeQuestion) -> Iterator[Reason]:
    """How many bookings the day and the week have, where that is limited; a booking that runs has started already."""
    if question.running:
        return
    user, exclude = question.user, own_claims(question.moving, question.hold)
    whose = (user.pk, question.shape, question.limits, question.zone)
    for limited in counts_at(*whose, question.span[0], now=question.now, exclude=exclude):
        count, text = limited.count, limit_sentence(limited, user)
        yield Reason(ReasonKind.LIMIT, count.is_full, text, *count.span, about=limited.service)

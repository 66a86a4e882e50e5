"""The times of a series: how many there may be, and the refusal that names those that are not open."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings.actions.checks.preconditions import NotOpen, Refused, refuse_far
from bookings.models import Service
from practice import time_format


def check_starts(service: Service, starts: Collection[datetime], now: datetime) -> list[datetime]:
    """The times in order. Raises Refused where they are too many or too few, and as `check_different` does."""
    if len(starts) < 2:
        raise Refused(_("A series has at least two appointments."))
    if len(starts) > service.max_in_series:
        words = {"most": service.max_in_series, "service": service}
        text = ngettext(
            "A series of “%(service)s” has at most %(most)s appointment.",
            "A series of “%(service)s” has at most %(most)s appointments.",
            service.max_in_series,
        )
        raise Refused(text % words)
    return check_different(starts, now)


def check_different(starts: Collection[datetime], now: datetime) -> list[datetime]:
    """The times in order. Raises Refused where one is there twice or years away."""
    if len(set(starts)) < len(starts):
        raise Refused(_("Two of the appointments are at the same time. Choose another time for one of them."))
    for start in starts:
        refuse_far(start, now)
    return sorted(starts)


def all_or_none(starts: Sequence[datetime], take: Callable[[datetime], None]) -> None:
    """Take each of the times in turn, inside a transaction. Raises NotOpen with those that are not open."""
    refusals: dict[datetime, NotOpen] = {}
    for start in starts:
        try:
            take(start)
        except NotOpen as error:
            refusals[start] = error
    if refusals:
        can_insist = all(one.can_insist for one in refusals.values())
        raise NotOpen(_sentence(refusals), [], can_insist=can_insist, gone=refusals)


def _sentence(refusals: dict[datetime, NotOpen]) -> str:
    if len(refusals) == 1:
        [(start, refusal)] = refusals.items()
        words = {"time": time_format.weekday_day_and_clock(start), "reason": refusal}
        return _("%(time)s is not open: %(reason)s") % words
    times = get_text_list([time_format.weekday_day_and_clock(start) for start in refusals], _("and"))
    return _("These times are not open: %(times)s.") % {"times": times}

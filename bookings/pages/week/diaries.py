"""The diaries of several people, of each as much as the reader may see."""

from __future__ import annotations

from collections.abc import Sequence

from availability.intervals import Span
from bookings.pages.week.colleagues import diaries_for
from bookings.pages.week.items import diary
from bookings.pages.week.layout import Diary
from connections.calendar_page import CalendarRequest
from practice.models import User


def diaries_of(request: CalendarRequest, people: Sequence[User], span: Span) -> list[Diary]:
    """One diary for each of the people, in their order; of oneself with titles and reasons."""
    others = [person for person in people if person != request.user]
    found = diaries_for(request.user, others, *span, now=request.now) if others else {}
    return [found[one.pk] if one.pk in found else diary(one, *span, now=request.now) for one in people]

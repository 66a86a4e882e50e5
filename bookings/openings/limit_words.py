"""Sentences about limits of bookings: whose limit it is, and how many bookings there are already."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings.openings.limits import LimitedCount
from practice.models import User


def limit_sentence(limited: LimitedCount, user: User) -> str:
    """Say how often the service, or the person, can be booked in the day or week, and how often it is."""
    most, booked = limited.count.most, limited.count.booked
    words = {
        "service": limited.service,
        "person": user.get_full_name() or user.get_username(),
        "most": most,
        "booked": _booked(booked, is_week=limited.count.is_week, is_full=limited.count.is_full),
    }
    return _limit(limited, most) % words


def _limit(limited: LimitedCount, most: int) -> str:
    if limited.service and limited.count.is_week:
        return ngettext(
            "%(service)s can be booked %(most)s time a week with %(person)s, and %(booked)s.",
            "%(service)s can be booked %(most)s times a week with %(person)s, and %(booked)s.",
            most,
        )
    if limited.service:
        return ngettext(
            "%(service)s can be booked %(most)s time a day with %(person)s, and %(booked)s.",
            "%(service)s can be booked %(most)s times a day with %(person)s, and %(booked)s.",
            most,
        )
    if limited.count.is_week:
        return ngettext(
            "%(person)s can be booked %(most)s time a week, and %(booked)s.",
            "%(person)s can be booked %(most)s times a week, and %(booked)s.",
            most,
        )
    return ngettext(
        "%(person)s can be booked %(most)s time a day, and %(booked)s.",
        "%(person)s can be booked %(most)s times a day, and %(booked)s.",
        most,
    )


def _booked(number: int, *, is_week: bool, is_full: bool) -> str:
    if is_full:
        text = _("this week has %(number)s already") if is_week else _("this day has %(number)s already")
    else:
        text = _("this week has %(number)s so far") if is_week else _("this day has %(number)s so far")
    return text % {"number": number}

"""Sentences about why “First available” chose somebody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from bookings.models import Booking
from bookings.openings.fairness import Rule


def why_staff(booking: Booking) -> str:
    """Why it is with this person, in a few words, like “Anna: 180 of 240 minutes”; "" if somebody named the person."""
    if not booking.why_staff:
        return ""
    return _SHORT[Rule(booking.why_staff["rule"])]() % _words(booking)


def explanation(booking: Booking) -> str:
    """The same in sentences, for staff."""
    why = booking.why_staff
    if not why:
        return ""
    rule, words = Rule(why["rule"]), _words(booking)
    sentences = [_LONG[rule]() % words]
    if rule in _BY_MINUTES:
        sentences.insert(0, _minutes(why) % words)
    return " ".join(sentences)


def _words(booking: Booking) -> Mapping[str, Any]:
    person = booking.staff.get_full_name() or booking.staff.get_username()
    return {**booking.why_staff, "person": person, "service": booking.service}


def _minutes(why: Mapping[str, Any]) -> str:
    counted = _(
        "When this was booked, %(person)s had %(minutes)s minutes of “%(service)s” in the 28 days around the date, and "
        "a fair share was %(share)s."
    )
    credit = _("Of these, %(credit)s minutes make up for days on which %(person)s was away or had not joined yet.")
    return f"{counted} {credit}" if why["credit"] else counted


_BY_MINUTES = (Rule.MINUTES, Rule.WAITED, Rule.EVEN)
_SHORT = {
    Rule.ONLY: lambda: _("%(person)s: nobody else was free"),
    Rule.PREVIOUS: lambda: _("%(person)s: the client’s previous person"),
    Rule.MINUTES: lambda: _("%(person)s: %(minutes)s of %(share)s minutes"),
    Rule.WAITED: lambda: _("%(person)s: %(minutes)s of %(share)s minutes, and has waited longest"),
    Rule.EVEN: lambda: _("%(person)s: %(minutes)s of %(share)s minutes, like others"),
}
_LONG = {
    Rule.ONLY: lambda: _(
        "The client chose nobody in particular. Nobody else who offers “%(service)s” was known to be free."
    ),
    Rule.PREVIOUS: lambda: _(
        "The client chose nobody in particular. In this service a client’s previous person comes first, and "
        "%(person)s was free."
    ),
    Rule.MINUTES: lambda: _("Of those who were free, %(person)s had the fewest, measured by the share."),
    Rule.WAITED: lambda: _("Others who were free had as few, but %(person)s has waited longest for a booking."),
    Rule.EVEN: lambda: _("Others who were free had as few and have waited as long. Then a fixed order decides."),
}

"""Words about bookings and their times, for templates."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Protocol

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from availability.intervals import Span
from bookings.models import Booking, BookingChange, Client, Mail, Proposal, Service
from bookings.notifications import client_notice
from bookings.notifications.mails import delivery_words
from bookings.openings import choice_words
from bookings.openings.freshness_words import freshness_sentence, lost_calendars
from bookings.pages.push_status import Push, push_of
from bookings.pages.times import client_clock
from bookings.pages.times.beginning import again_url
from bookings.pages.why.answers import why_url
from bookings.proposals import mail_links
from connections.freshness import Freshness
from practice import time_format
from practice.models import User

register = template.Library()
register.filter("stamp", mail_links.stamp_of)
register.filter("weekday_and_day", time_format.weekday_and_day)
register.filter("again_url", again_url)
register.filter("clock_there", client_clock.clock_there)
register.filter("why_staff", choice_words.why_staff)
register.filter("why_staff_in_full", choice_words.explanation)

STATUS_TONES = {"confirmed": "good", "pending": "warn", "cancelled": "muted"}


class Lasting(Protocol):
    """Whatever has a start and an end: an item of the week, an occurrence, a booking."""

    start: datetime
    end: datetime


@register.filter
def clocks(thing: Lasting | Span) -> str:
    """From when to when, on the clock."""
    return time_format.clocks(thing if isinstance(thing, tuple) else (thing.start, thing.end))


@register.filter
def day_and_clocks(thing: Lasting) -> str:
    """On which day, and from when to when."""
    return time_format.day_and_clocks((thing.start, thing.end))


@register.simple_tag
def when(start: datetime, end: datetime) -> str:
    """The same for a bare start and end."""
    return time_format.day_and_clocks((start, end))


@register.filter
def day(moment: datetime) -> date:
    """The date of an instant in the active zone."""
    return timezone.localtime(moment).date()


@register.simple_tag
def freshness_of(user: User, fresh: Freshness, now: datetime, *, name_lost: bool = True, is_own: bool = True) -> str:
    """When the user's calendars were last read, which are lost, and what that means for bookings.

    Without `name_lost` on a page that names them elsewhere, and without `is_own` for somebody else.
    """
    lost = lost_calendars(user) if name_lost and fresh.state != "fresh" else []
    return " ".join([*lost, freshness_sentence(user, fresh, now=now, is_own=is_own)])


@register.filter
def last_day(thing: Lasting) -> date:
    """The date on which something ends in the active zone; what ends at midnight ends on the day before."""
    return day(max(thing.start, thing.end - timedelta(microseconds=1)))


@register.filter
def asked_for(moment: datetime | None, staff: int | None = None) -> str:
    """Where it is said why this time is open or not, one's own or that of a colleague; without one, where to choose."""
    return why_url(moment, staff=staff) if moment else reverse("why:page")


@register.simple_tag
def why_address(moment: datetime, service: Service | None, staff: int | None) -> str:
    """Where it is said why a service can start then or not, with oneself or with a colleague."""
    return why_url(moment, service, staff)


@register.filter
def push(booking: Booking, reader: User) -> Push:
    """Whether the booking is in the linked calendar."""
    return push_of(booking, reader)


@register.filter
def reason_for(proposal: Proposal, reader: User) -> str:
    """Why the proposal is asked, as far as the reader may know."""
    return proposal.reason_for(reader)


@register.filter
def name(person: User) -> str:
    """What a colleague is called."""
    return person.get_full_name() or person.get_username()


@register.filter
def tell_yourself(client: Client) -> str:
    """What is said where Kalends cannot tell a client."""
    return client_notice.no_address(client)


@register.filter
def mail_words(mail: Mail) -> str:
    """What became of a mail, for its line in the history; "" if it was never needed."""
    return delivery_words.of_mail(mail)


@register.filter
def status_tone(booking: Booking) -> str:
    return STATUS_TONES[booking.status]


@register.filter
def times_of(change: BookingChange) -> str:
    """What a change says about time; of a move, where it was before."""
    new = time_format.day_and_clocks((change.new_start, change.new_end))
    if change.old_start is None or change.old_end is None:
        return new
    return _("from %(old)s to %(new)s") % {
        "old": time_format.day_and_clocks((change.old_start, change.old_end)),
        "new": new,
    }

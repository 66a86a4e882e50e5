"""The practice of the demo on a fixed day, with something on every page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Any
from urllib.parse import urlencode

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.core import signing
from django.utils import timezone
from pytest_django import Settings

from availability.models import Closure
from bookings import links
from bookings.models import Booking, CoveredDay, Proposal, Question, Series, Service
from bookings.notifications import move_mail
from bookings.notifications.mails import unsubscribe
from bookings.pages.week.items import diary
from bookings.proposals import mail_links
from connections.models import Calendar, Connection, Event
from practice.account.email_change import SALT
from practice.models import Restore, User
from practice.team.invitations import invite
from practice.team.links import invitation_address
from sandbox.demo.practice import create_practice
from sandbox.server.server import Sandbox
from tests.factories import (
    BlockedSlotFactory,
    BookingChangeFactory,
    BookingFactory,
    CoveredDayFactory,
    DateOverrideFactory,
    EventFactory,
    HoldFactory,
    LinkedEventFactory,
    MailFactory,
    OccurrenceFactory,
    ProposalFactory,
)
from tests.practice.second_factor.factors import set_up_app

MORNING = datetime(2026, 12, 1, 8, 5, tzinfo=UTC)
"""A Tuesday, five minutes past nine in Berlin."""
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Scene:
    """The practice, and by the beginning of a route what its parameters stand for; the longest beginning counts.

    `queries`: by route the query without which there is no page.
    """

    mara: User
    lea: User
    jonas: User
    values: dict[str, dict[str, Any]]
    queries: dict[str, str]


def set_scene(icloud: Sandbox, settings: Settings) -> Scene:
    """Create the practice as it is now, which is a time that the test has set; clients can book, as mails go out."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    create_practice(icloud, now=timezone.now())
    mara, lea, jonas = (User.objects.get(username=name) for name in ("mara", "lea", "jonas"))
    set_up_app(mara)
    key = Authenticator.objects.create(user=jonas, type="webauthn", data={"name": "iPhone", "credential": {}})
    proposal = _proposals(mara)
    values = _values(mara, _questions(), proposal) | {"account/second-factor/passkeys/": {"pk": key.pk}}
    return Scene(mara, lea, jonas, values, _queries(mara, proposal.booking))


def _questions() -> Question:
    """What is asked for a first visit: a text, and one of several options."""
    service = Service.objects.get(slug="first-visit")
    Question.objects.create(service=service, key="heard", words="How did you hear of us?", position=1)
    return Question.objects.create(service=service, key="since", words="Since when does it hurt?", required=True)


def _proposals(mara: User) -> Proposal:
    """One of every kind, on Wednesday and Thursday of the next week; the first is about the booking of most pages."""
    service = Service.objects.get(slug="massage")
    clients = cycle(booking.client for booking in Booking.objects.filter(staff=mara))
    kinds = ["moved", "deleted", "deleted", "collision", "approval", "reshaped", "both_sides"]
    _covered_day(mara, service)
    linked, asked = mara.calendar_configuration.linked_calendar, []
    for number, (kind, client) in enumerate(zip(kinds, clients, strict=False)):
        start = MORNING.replace(hour=8, minute=0) + (8 + number // 4) * DAY + (number % 4) * 2 * HOUR
        booking = BookingFactory.create(
            staff=mara, client=client, service=service, start=start, **_pending(start) if kind == "approval" else {}
        )
        if kind != "approval":
            LinkedEventFactory.create(booking=booking, calendar=linked, pushed=True)
        moved = {"new_start": start + HOUR, "new_end": start + 2 * HOUR} if kind in _WITH_NEW_TIME else {}
        asked.append(ProposalFactory.create(booking=booking, kind=kind, **moved, created_at=MORNING))
    _repeat(asked[0].booking)
    return asked[0]


def _repeat(booking: Booking) -> None:
    """Make the booking the first of a series of two."""
    booking.series = Series.objects.create(service=booking.service, staff=booking.staff, count=2, zone="Europe/Berlin")
    booking.save()
    later = {"staff": booking.staff, "client": booking.client, "service": booking.service, "series": booking.series}
    BookingFactory.create(start=booking.start + 7 * DAY, **later)


def _covered_day(mara: User, service: Service) -> CoveredDay:
    """Friday of the next week, on which an all-day event covers two bookings."""
    start = MORNING.replace(hour=0, minute=0) + 10 * DAY
    day = CoveredDayFactory.create(person=mara, date=start.date(), start=start, end=start + DAY)
    for hours in (9, 11):
        booking = BookingFactory.create(
            staff=mara, client=Booking.objects.all()[hours].client, service=service, start=start + hours * HOUR
        )
        ProposalFactory.create(
            booking=booking, kind="collision", covered_day=day, new_start=day.start, new_end=day.end, created_at=MORNING
        )
    return day


_WITH_NEW_TIME = ("moved", "collision", "both_sides")


def _pending(start: datetime) -> dict[str, Any]:
    return {"status": "pending", "approval_due_at": start - DAY, "calendar_unread_since": None}


LATER = "BOOKED-AFTER-THE-BACKUP"


def _restore(calendar: Calendar) -> Event:
    """A restore that is finished, because nothing can be booked before, and an event that nobody has decided about."""
    Restore.objects.create(made_at=MORNING - DAY, restored_at=MORNING - HOUR, finished_at=MORNING)
    Calendar.objects.filter(pk=calendar.pk).update(is_conflict_calendar=True)
    event = EventFactory.create(
        calendar=calendar, uid=LATER, href=f"{calendar.path}{LATER}.ics", summary="Dora Later", own_mark="/bookings/9/"
    )
    OccurrenceFactory.create(event=event, calendar=calendar, start=MORNING + 15 * DAY, end=MORNING + 15 * DAY + HOUR)
    return event


def _values(mara: User, question: Question, proposal: Proposal) -> dict[str, dict[str, Any]]:
    booking, today, seat = proposal.booking, MORNING.date(), proposal.booking.seat
    change = BookingChangeFactory.create(booking=booking, kind="moved", at=MORNING)
    hold = HoldFactory.create(staff=mara, service=booking.service, start=MORNING + 14 * DAY, expires_at=MORNING + DAY)
    token = links.link_token(seat.public_id, seat.link_generation)
    invitation = invite("nora@example.com", "staff", by=mara, now=MORNING)
    calendar = Calendar.objects.filter(connection__user=mara).order_by("pk")[0]
    slot = BlockedSlotFactory.create(user=mara, start=MORNING + DAY)
    later = _restore(calendar)
    return {
        "^brand/": {"digits": "27489b"},
        "account/email/": {"token": signing.dumps((mara.pk, mara.email, "mara@example.net"), salt=SALT)},
        "accounts/password/reset/": {
            "uidb36": user_pk_to_url_str(mara),
            "key": default_token_generator.make_token(mara),
        },
        "book/": {"slug": booking.service.slug, "public_id": hold.public_id},
        "restored/events/": {"pk": later.pk},
        "book/with/": {"slug": mara.slug},
        "booking/": {"token": token, "code": links.address_code(seat.public_id, booking.client.email_key)},
        "bookings/": {"pk": booking.pk},
        "bookings/calls/": {"pk": MailFactory.create(seat=seat, state="failed", recipient=seat.address).pk},
        "bookings/changes/": {"pk": change.pk, "token": move_mail.move_token(change)},
        "bookings/proposals/day/": {"pk": CoveredDay.objects.get().pk},
        "bookings/proposals/": {"pk": proposal.pk, "token": mail_links.token_of(proposal)},
        "brand/logo/": {"digest": "0a1b2c"},
        "calendars/blocked/": {"pk": slot.pk},
        "calendars/move/": {"pk": booking.pk},
        "calendars/settings/availability/blocked/": {"pk": slot.pk},
        "calendars/settings/availability/overrides/": {
            "pk": DateOverrideFactory.create(user=mara, date=today + 9 * DAY).pk
        },
        "calendars/settings/closures/": {
            "pk": Closure.objects.create(user=mara, first=today + 23 * DAY, last=today + 30 * DAY).pk
        },
        "calendars/settings/configuration/": {"pk": calendar.pk},
        "calendars/settings/connections/": {"pk": Connection.objects.filter(user=mara)[0].pk},
        "calendars/settings/connections/new/": {"slug": "nextcloud"},
        "calendars/settings/events/rules/": {"pk": calendar.pk},
        "calendars/settings/services/": {"slug": "first-visit", "pk": question.pk},
        "clients/": {"pk": booking.client.pk},
        "reminders/stop/": {"token": unsubscribe.url(seat).rstrip("/").rpartition("/")[2]},
        "setup/": {"token": "x" * 43},
        "team/": {"pk": User.objects.get(username="jonas").pk},
        "team/invitations/": {
            "pk": invitation.pk,
            "token": invitation_address(invitation).rstrip("/").rpartition("/")[2],
        },
    }


def _queries(mara: User, booking: Booking) -> dict[str, str]:
    """A time to move the booking to, and an event of Mara's calendars."""
    items = diary(mara, MORNING, MORNING + 7 * DAY, now=MORNING).items
    event = next(item for item in items if item.key.startswith("event-"))
    return {
        "calendars/event/": event.url.partition("?")[2],
        "calendars/move/<int:pk>/": urlencode({"start": (booking.start + HOUR).isoformat()}),
    }

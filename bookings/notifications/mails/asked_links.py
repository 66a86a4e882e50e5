"""Mailing the links of upcoming appointments to whoever asks for them, without saying whether there are any."""

from __future__ import annotations

import smtplib
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django_q.tasks import async_task

from bookings.contacts.written import email_key
from bookings.links import keyed_hash
from bookings.models import Booking, LinkRequest, LinkRequestQuerySet, Seat
from bookings.models.link_request import CLAIM_COLUMN
from bookings.notifications import client_mails
from bookings.notifications.addresses import Mailbox
from bookings.notifications.client_notice import MAIL_LEASE
from bookings.notifications.mails.appointment import facts_of_seat, practice_facts, seat_language, sender_of
from bookings.notifications.message import Envelope, build_message
from connections import guard, leases
from practice.models import Practice
from practice.models.restore import outgoing_waits

MAILS_PER_DAY = 3
"""How many such mails one address gets in a day, whoever asks for them."""
GIVE_UP_AFTER = timedelta(hours=1)
KEPT_FOR = timedelta(days=2)


def may_ask(address_key: str, now: datetime) -> bool:
    """Has the address that the request comes from asked less often in the last hour than it may?"""
    asked = LinkRequest.objects.filter(address_key=address_key, created_at__gt=now - timedelta(hours=1))
    return not address_key or asked.count() < settings.BOOKING_RATE


def ask(email: str, *, address_key: str, now: datetime) -> None:
    """Note that somebody asks for the links of this e-mail address. It takes the same time whether it is known."""
    key = recipient_key(email)
    with transaction.atomic():
        LinkRequest.objects.create(email=email, recipient_key=key, address_key=address_key, created_at=now)
        transaction.on_commit(lambda: async_task("bookings.tasks.mail_links"))


def recipient_key(email: str) -> str:
    """By what the requests for one address are counted."""
    return keyed_hash("kalends recipient of links", email_key(email))


def answer_due(now: datetime) -> int:
    """Answer the requests that wait; how many mails went out."""
    due, sent = list(LinkRequest.objects.due(now)), 0
    for asked in due if due and not outgoing_waits() else ():
        mine = LinkRequest.objects.filter(pk=asked.pk, done_at=None)
        if leases.take(mine, now, until=now + MAIL_LEASE, column=CLAIM_COLUMN):
            with guard.isolate_failure(f"answering link request {asked.pk}"):
                sent += _answer(asked, mine, now)
    return sent


def forget_old(now: datetime) -> None:
    """Delete requests that no limit counts any more."""
    LinkRequest.objects.filter(created_at__lte=now - KEPT_FOR).delete()


def _answer(asked: LinkRequest, mine: LinkRequestQuerySet, now: datetime) -> bool:
    seats = _seats(asked, now)
    wanted = bool(seats) and not _is_over_limit(asked, now)
    try:
        if wanted:
            _send(asked, seats, now)
    except smtplib.SMTPRecipientsRefused:
        wanted = False
    except (smtplib.SMTPException, OSError):
        if now < asked.created_at + GIVE_UP_AFTER:
            return False  # it is tried again when the lease is over
        wanted = False
    leases.release(mine, column=CLAIM_COLUMN, done_at=now, email="", is_mailed=wanted)
    return wanted


def _seats(asked: LinkRequest, now: datetime) -> list[Seat]:
    """The appointments to come of clients with this address; not those whose address is still to be confirmed."""
    seats = Seat.objects.of_address(asked.email).filter(
        booking__end__gt=now,
        booking__status__in=Booking.LIVE,
        booking__address_due_at=None,
    )
    return list(seats.select_related("booking__service", "booking__staff", "client").order_by("booking__start"))


def _is_over_limit(asked: LinkRequest, now: datetime) -> bool:
    mailed = LinkRequest.objects.filter(recipient_key=asked.recipient_key, is_mailed=True)
    return mailed.filter(created_at__gt=now - timedelta(days=1)).count() >= MAILS_PER_DAY


def _send(asked: LinkRequest, seats: list[Seat], now: datetime) -> None:
    practice, recipient = Practice.current(), seats[0].address
    facts = [facts_of_seat(seat, practice, now, seat_language(seats[0], practice)) for seat in seats]
    envelope = Envelope(message_id=asked.message_id, sender=sender_of(practice), recipient=Mailbox("", recipient))
    build_message(client_mails.links(facts[0], facts), envelope, practice_facts(practice)).send()

"""The mails of one batch go out as one message, are tried again as one, and leave out what is not true any more."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import icalendar
import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings import actions
from bookings.models import Booking, BookingChange, Client, Mail
from bookings.notifications.client_notice import MAIL_LEASE
from bookings.notifications.mails import delivery
from bookings.notifications.mails.delivery import Delivered
from practice.models import Practice
from tests.factories import NOW, START, BookingFactory, ClientFactory, MailFactory, ServiceFactory, UserFactory

MINUTE, WEEK = timedelta(minutes=1), timedelta(days=7)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def winter(db: None) -> None:
    Practice.objects.create(name="Praxis Winter", email="praxis@winter.example", time_zone="Europe/Berlin")


def batch(count: int = 3, client: Client | None = None, **given: Any) -> list[Mail]:
    """The mails about so many appointments, one a week, that were booked at once."""
    client, service, staff = client or ClientFactory.create(), ServiceFactory.create(), UserFactory.create()
    bookings = [
        BookingFactory.create(client=client, service=service, staff=staff, start=START + week * WEEK)
        for week in range(count)
    ]
    return [MailFactory.create(seat=booking.seat, batch="together", **given) for booking in bookings]


def rows(*fields: str) -> list[tuple[Any, ...]]:
    return list(Mail.objects.values_list(*fields))


def states() -> list[str]:
    return list(Mail.objects.values_list("state", flat=True))


def uids(message: Any) -> list[str]:
    """The appointments in the calendar parts of a message."""
    parts = [part for part in message.message().walk() if part.get_content_type() == "text/calendar"]
    events = (icalendar.Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT") for part in parts)
    return [str(event["UID"]) for found in events for event in found]


@contextmanager
def sending(monkeypatch: pytest.MonkeyPatch, *, accepts: bool, error: BaseException) -> Iterator[None]:
    """Inside the block sending ends with this error, after or before the server accepted the message."""
    real = EmailMultiAlternatives.send

    def send(message: EmailMultiAlternatives, *arguments: Any) -> int:
        if accepts:
            real(message, *arguments)
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(EmailMultiAlternatives, "send", send)
        yield


def test_all_mails_of_a_batch_are_one_message() -> None:
    mails = batch()
    assert delivery.send_due(NOW) == Delivered(sent=3)
    (sent,) = mail.outbox
    assert (sent.subject, sent.to) == ("Your 3 appointments · Praxis Winter", [mails[0].recipient])
    assert [name for name, _data, _kind in sent.attachments] == [f"appointment-{number}.ics" for number in (1, 2, 3)]
    assert uids(sent) == [one.uid for one in mails]
    assert rows("state", "sent_at", "message_id", "claimed_until") == [("sent", NOW, mails[0].message_id, None)] * 3
    assert sent.extra_headers["Message-ID"] == mails[0].message_id


def test_appointments_are_listed_in_order_of_time() -> None:
    mails = batch()
    Mail.objects.filter(pk=mails[0].pk).update(start=START + 4 * WEEK, end=START + 4 * WEEK + MINUTE)
    delivery.send_due(NOW)
    assert uids(mail.outbox[0]) == [mails[1].uid, mails[2].uid, mails[0].uid]
    assert set(rows("message_id")) == {(mails[1].message_id,)}


def test_two_clients_and_two_batches_get_messages_of_their_own() -> None:
    client = ClientFactory.create()
    for others in (batch(2, client), batch(2, ClientFactory.create()), batch(2, client)):
        Mail.objects.filter(pk__in=[one.pk for one in others]).update(batch=f"{others[0].pk}")
    assert delivery.send_due(NOW) == Delivered(sent=6)
    assert [len(sent.attachments) for sent in mail.outbox] == [2, 2, 2]


def test_what_is_due_about_one_booking_is_sent_with_the_rest_of_its_batch() -> None:
    mails, other = batch(), MailFactory.create(seat=BookingFactory.create(start=START + MINUTE).seat)
    assert delivery.send_due(NOW, booking=mails[1].seat.booking) == Delivered(sent=3)
    assert len(mail.outbox) == 1
    other.refresh_from_db()
    assert other.state == "due"


def test_a_message_that_cannot_be_sent_is_tried_again_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    batch()
    with sending(monkeypatch, accepts=False, error=ConnectionRefusedError()):
        assert delivery.send_due(NOW) == Delivered(retried=3)
    assert (
        rows("state", "attempts", "next_try_at", "error_code")
        == [("due", 1, NOW + MINUTE, "ConnectionRefusedError")] * 3
    )
    assert [delivery.send_due(NOW + seconds * MINUTE / 60).sent for seconds in (59, 60)] == [0, 3]
    assert [len(sent.attachments) for sent in mail.outbox] == [3]


def test_an_appointment_that_begins_before_the_next_try_is_given_up_and_the_others_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    batch()
    with sending(monkeypatch, accepts=False, error=ConnectionRefusedError()):
        assert delivery.send_due(START - MINUTE) == Delivered(retried=2, failed=1)
    assert states() == ["failed", "due", "due"]
    assert delivery.send_due(START) == Delivered(sent=2)
    assert [sent.subject for sent in mail.outbox] == ["Your 2 appointments · Praxis Winter"]


def test_a_recipient_that_is_refused_for_good_gets_none_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    batch()
    refused = smtplib.SMTPRecipientsRefused({"x@example.org": (550, b"no such user")})
    with sending(monkeypatch, accepts=False, error=refused):
        assert delivery.send_due(NOW) == Delivered(failed=3)
    assert rows("state", "error_code") == [("failed", "refused")] * 3


def test_what_was_cancelled_before_it_was_told_is_left_out() -> None:
    mails = batch()
    actions.cancel(mails[1].seat.booking, now=NOW)
    assert delivery.send_due(NOW) == Delivered(sent=2)
    (sent,) = mail.outbox
    assert (sent.subject, uids(sent)) == ("Your 2 appointments · Praxis Winter", [mails[0].uid, mails[2].uid])
    assert states() == ["sent", "dropped", "sent"]


def test_the_only_one_that_is_left_is_an_ordinary_mail() -> None:
    mails = batch()
    for one in mails[1:]:
        actions.cancel(one.seat.booking, now=NOW)
    assert delivery.send_due(NOW) == Delivered(sent=1)
    (sent,) = mail.outbox
    assert (sent.subject, sent.attachments) == ("Your appointment on Tue 1 December, 10:00 · Praxis Winter", [])
    assert (uids(sent), sent.extra_headers["Message-ID"]) == ([mails[0].uid], mails[0].message_id)


def test_each_is_told_by_what_its_client_knows() -> None:
    """Two were told before, so that they have moved; the third was not, so that it is confirmed."""
    mails = batch(kind=Mail.Kind.CONFIRMATION)
    Mail.objects.exclude(pk=mails[2].pk).update(state="sent", batch="", sent_at=NOW)
    change: dict[str, Any] = {"at": NOW, "kind": "moved", "source": BookingChange.Source.STAFF}
    for one in mails:
        start, end = one.start + MINUTE, one.end + MINUTE
        Mail.objects.filter(pk=mails[2].pk).update(state="dropped")
        moved = one.seat.booking.changes.create(**change, new_start=start, new_end=end)
        again = {"seat": one.seat, "start": start, "end": end, "change": moved, "batch": "again"}
        MailFactory.create(**again, kind=Mail.Kind.CHANGE)
    assert delivery.send_due(NOW) == Delivered(sent=3)
    assert [sent.subject for sent in mail.outbox] == [
        "Your 2 appointments have been moved · Praxis Winter",
        "Your appointment on Tue 15 December, 10:01 · Praxis Winter",
    ]
    assert len({sent.extra_headers["Message-ID"] for sent in mail.outbox}) == 2


def test_a_worker_killed_before_it_sent_leaves_a_message_that_is_sent_once(monkeypatch: pytest.MonkeyPatch) -> None:
    batch()
    with sending(monkeypatch, accepts=False, error=SystemExit()), pytest.raises(SystemExit):
        delivery.send_due(NOW)
    moments = (NOW + MAIL_LEASE - MINUTE, NOW + MAIL_LEASE, NOW + 2 * MAIL_LEASE)
    assert [delivery.send_due(moment).sent for moment in moments] == [0, 3, 0]
    assert len(mail.outbox) == 1


def test_a_worker_killed_after_the_server_accepted_repeats_the_message_once_with_the_same_id(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    batch()
    with sending(monkeypatch, accepts=True, error=SystemExit()):
        for moment in (NOW, NOW + MAIL_LEASE):
            with pytest.raises(SystemExit):
                delivery.send_due(moment)
    assert delivery.send_due(NOW + 2 * MAIL_LEASE) == Delivered(failed=3)
    assert rows("state", "error_code") == [("failed", "interrupted")] * 3
    assert (len(mail.outbox), len({one.extra_headers["Message-ID"] for one in mail.outbox})) == (2, 1)
    assert uids(mail.outbox[0]) == uids(mail.outbox[1])


def test_what_was_cancelled_before_the_repetition_is_left_out_under_the_same_id(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first one may be in the client's calendar, so its cancellation is told as well."""
    mails = batch()
    with sending(monkeypatch, accepts=True, error=SystemExit()), pytest.raises(SystemExit):
        delivery.send_due(NOW)
    actions.cancel(Booking.objects.get(pk=mails[0].seat.booking_id), now=NOW)
    assert delivery.send_due(NOW + MAIL_LEASE) == Delivered(sent=3)
    first, repeated, cancelled = mail.outbox
    assert (uids(first), uids(repeated)) == ([one.uid for one in mails], [one.uid for one in mails[1:]])
    assert first.extra_headers["Message-ID"] == repeated.extra_headers["Message-ID"]
    assert (cancelled.subject, uids(cancelled)) == (
        "Cancelled: your appointment on Tue 1 December, 10:00 · Praxis Winter",
        [mails[0].uid],
    )


def test_of_two_workers_one_sends_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second one looks for work while the first is sending."""
    batch()
    real, others = EmailMultiAlternatives.send, []

    def send_while_another_looks(message: EmailMultiAlternatives, *arguments: Any) -> int:
        monkeypatch.setattr(EmailMultiAlternatives, "send", real)
        others.append(delivery.send_due(NOW))
        return real(message, *arguments)

    monkeypatch.setattr(EmailMultiAlternatives, "send", send_while_another_looks)
    assert (delivery.send_due(NOW), others, len(mail.outbox)) == (Delivered(sent=3), [Delivered()], 1)


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        ("pending", "Not confirmed yet: your 2 appointments"),
        ("address_to_confirm", "One step is missing: your 2 appointments"),
    ],
)
def test_requests_have_no_calendar_part(kind: str, subject: str) -> None:
    mails = batch(2, kind=kind)
    due: dict[str, datetime] = {"approval_due_at": START} if kind == "pending" else {"address_due_at": START}
    Booking.objects.update(status=Booking.Status.PENDING, **due)
    delivery.send_due(NOW)
    (sent,) = mail.outbox
    assert (sent.subject, uids(sent)) == (f"{subject} · Praxis Winter", [])
    assert str(mails[0].seat.link) in str(sent.body)


def test_cancellations_of_one_batch_cancel_each_appointment() -> None:
    mails = batch()
    delivery.send_due(NOW)
    for one in mails:
        gone = one.seat.booking.changes.create(
            at=NOW, kind="cancelled", source="staff", new_start=one.start, new_end=one.end
        )
        MailFactory.create(seat=one.seat, kind=Mail.Kind.CANCELLATION, change=gone, batch="gone", sequence=1)
    assert delivery.send_due(NOW) == Delivered(sent=3)
    sent = mail.outbox[1]
    assert sent.subject == "Cancelled: your 3 appointments · Praxis Winter"
    assert [kind for _name, _data, kind in sent.attachments] == ["text/calendar; method=CANCEL"] * 3
    assert uids(sent) == [one.uid for one in mails]


def test_a_kind_without_words_for_several_is_told_of_each_alone() -> None:
    batch(2, kind=Mail.Kind.NEW_LINK)
    assert delivery.send_due(NOW) == Delivered(sent=2)
    assert [sent.subject for sent in mail.outbox] == [
        "New link for your appointment on Tue 1 December, 10:00 · Praxis Winter",
        "New link for your appointment on Tue 8 December, 10:00 · Praxis Winter",
    ]


def queries_to_send(count: int) -> int:
    Mail.objects.all().delete()
    batch(count)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        delivery.send_due(NOW)
    return len(captured)


def test_a_longer_batch_costs_a_few_queries_for_each_appointment_more() -> None:
    """What the client knows is asked of each; taking, sending and noting are done once."""
    few, more = queries_to_send(2), queries_to_send(6)
    assert ((more - few) / 4, few - 2 * 4) == (4, 10)

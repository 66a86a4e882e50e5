"""A mail is sent once by one worker, tried again with pauses, and given up when it makes no sense any more."""

from __future__ import annotations

import smtplib
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives

from bookings.models import Mail
from bookings.notifications.client_notice import MAIL_LEASE
from bookings.notifications.mails import delivery
from bookings.notifications.mails.delivery import Delivered
from tests.bookings.practice import HOUR
from tests.factories import NOW, START, BookingFactory, MailFactory

MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def broken(settings: Any) -> Any:
    """A mail server that does not answer; call the value to repair it."""
    working, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    return lambda: setattr(settings, "EMAIL_BACKEND", working)


def row() -> tuple[str, int, object, str]:
    found = Mail.objects.get()
    return found.state, found.attempts, found.next_try_at, found.error_code


def test_a_mail_that_is_due_is_sent_once() -> None:
    made = MailFactory()
    assert [delivery.send_due(NOW + minutes * MINUTE).sent for minutes in (-1, 0, 1)] == [0, 1, 0]
    assert [(one.to, one.extra_headers["Message-ID"]) for one in mail.outbox] == [
        ([made.recipient], made.message_id),
    ]
    assert Mail.objects.values_list("state", "sent_at").get() == ("sent", NOW)


def test_of_two_workers_one_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second one looks for work while the first is sending."""
    MailFactory()
    MailFactory(seat=BookingFactory(start=START + 2 * HOUR).seat)
    real, others = EmailMultiAlternatives.send, []

    def send_while_another_looks(message: EmailMultiAlternatives, *arguments: Any) -> int:
        monkeypatch.setattr(EmailMultiAlternatives, "send", real)
        others.append(delivery.send_due(NOW).sent)
        return real(message, *arguments)

    monkeypatch.setattr(EmailMultiAlternatives, "send", send_while_another_looks)
    assert (delivery.send_due(NOW).sent, others, len(mail.outbox)) == (1, [1], 2)


def die_before(message: EmailMultiAlternatives, *arguments: Any) -> int:
    raise SystemExit


def test_a_worker_killed_before_it_sent_leaves_a_mail_that_is_sent_once(monkeypatch: pytest.MonkeyPatch) -> None:
    MailFactory()
    with monkeypatch.context() as dying:
        dying.setattr(EmailMultiAlternatives, "send", die_before)
        with pytest.raises(SystemExit):
            delivery.send_due(NOW)
    moments = (NOW + MAIL_LEASE - MINUTE, NOW + MAIL_LEASE, NOW + 2 * MAIL_LEASE)
    assert [delivery.send_due(moment).sent for moment in moments] == [0, 1, 0]
    assert len(mail.outbox) == 1


def test_a_worker_killed_after_the_server_accepted_repeats_the_mail_once_with_the_same_id(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    MailFactory()
    real = EmailMultiAlternatives.send

    def die_after(message: EmailMultiAlternatives, *arguments: Any) -> int:
        real(message, *arguments)
        raise SystemExit

    with monkeypatch.context() as dying:
        dying.setattr(EmailMultiAlternatives, "send", die_after)
        for moment in (NOW, NOW + MAIL_LEASE):
            with pytest.raises(SystemExit):
                delivery.send_due(moment)
    assert delivery.send_due(NOW + 2 * MAIL_LEASE) == Delivered(failed=1)
    assert (len(mail.outbox), len({one.extra_headers["Message-ID"] for one in mail.outbox})) == (2, 1)
    assert mail.outbox[0].message().as_string().replace("=_", "").count("BEGIN:VCALENDAR") == 1
    assert row()[::3] == ("failed", "interrupted")


def test_a_repeated_mail_has_the_same_calendar_part(broken: Any) -> None:
    made = MailFactory()
    delivery.send_due(NOW)
    broken()
    delivery.send_due(NOW + HOUR)
    part = str(mail.outbox[0].alternatives[-1][0])
    assert [line in part for line in (f"UID:{made.uid}", "SEQUENCE:0", f"DTSTAMP:{NOW:%Y%m%dT%H%M%SZ}")] == [True] * 3


def test_a_mail_that_cannot_be_sent_is_tried_again_after_pauses(broken: Any) -> None:
    MailFactory()
    assert delivery.send_due(NOW) == Delivered(retried=1)
    assert row() == ("due", 1, NOW + MINUTE, "ConnectionRefusedError")
    assert delivery.send_due(NOW + MINUTE) == Delivered(retried=1)
    assert row()[:3] == ("due", 2, NOW + 6 * MINUTE)
    broken()
    assert [delivery.send_due(NOW + minutes * MINUTE).sent for minutes in (5, 6)] == [0, 1]


def test_a_mail_is_given_up_at_the_start_of_its_appointment(broken: Any) -> None:
    MailFactory()
    assert delivery.send_due(START - MINUTE) == Delivered(failed=1)
    assert row() == ("failed", 1, None, "ConnectionRefusedError")
    assert delivery.send_due(START) == Delivered()


def test_a_mail_found_after_the_start_is_not_sent() -> None:
    MailFactory()
    assert (delivery.send_due(START), row()[::3]) == (Delivered(failed=1), ("failed", "too_late"))


LATER = ("due", 1, NOW + MINUTE, "SMTPRecipientsRefused")


@pytest.mark.parametrize(("code", "expected"), [(550, ("failed", 1, None, "refused")), (450, LATER)])
def test_a_recipient_that_the_server_refuses_for_good_is_not_tried_again(
    monkeypatch: pytest.MonkeyPatch, code: int, expected: object
) -> None:
    def refuse(message: EmailMultiAlternatives, *arguments: Any) -> int:
        raise smtplib.SMTPRecipientsRefused({message.to[0]: (code, b"no such user")})

    MailFactory()
    monkeypatch.setattr(EmailMultiAlternatives, "send", refuse)
    delivery.send_due(NOW)
    assert row() == expected


def test_a_mail_without_a_recipient_waits_for_a_call() -> None:
    MailFactory(recipient="")
    assert (delivery.send_due(NOW), row()[0]) == (Delivered(), "due")


def test_the_failure_of_one_mail_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    first = MailFactory(recipient="a@\u0300ß.example")
    second = MailFactory(seat=BookingFactory(start=START + 2 * HOUR).seat)
    assert delivery.send_due(NOW) == Delivered(sent=1, failed=1)
    states = dict(Mail.objects.values_list("pk", "state"))
    assert states == {first.pk: "failed", second.pk: "sent"}

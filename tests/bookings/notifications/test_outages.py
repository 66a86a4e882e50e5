"""Mail to staff about accounts that can no longer be read: once for each outage, and never with a secret in it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from bookings import actions, tasks
from bookings.models import Booking, LinkedEvent
from bookings.notifications.client_notice import MAIL_LEASE
from bookings.notifications.outages import mail_outages
from connections import accounts
from connections.models import Calendar, CalendarConfiguration, Connection
from connections.sync.run import sync_connection
from practice.models import User
from tests.bookings.practice import HOUR, Practice, berlin
from tests.factories import FEED_ADDRESS, NOW, START, ConnectionFactory, UserFactory, dead_feed

MINUTE = timedelta(minutes=1)
CONNECTIONS = "http://127.0.0.1:8000/calendars/settings/connections"
FOLLOWS = "Until this is fixed, Kalends does not see changes made on your iPhone, and bookings may not reach it."


def told(practice: Practice) -> list[str]:
    """The subjects of what the schedule mails now."""
    before = len(mail.outbox)
    mail_outages(practice.now)
    return [one.subject for one in mail.outbox[before:]]


def test_the_mail_about_an_account_at_another_server_speaks_of_no_apple(practice: Practice) -> None:
    Connection.objects.update(provider="caldav")
    practice.account.revoke_all()
    practice.poll_later()

    assert told(practice) == ["Please reconnect: 127.0.0.1 · anna@example.com"]
    assert str(mail.outbox[0].body).split("\n")[0] == (
        "127.0.0.1 no longer accepts the password of anna@example.com. Make a new one and reconnect."
    )


def test_a_revoked_password_is_told_at_once_and_once(practice: Practice) -> None:
    password = Connection.objects.get().password
    practice.account.revoke_all()
    practice.poll_later()

    assert (told(practice), told(practice)) == (["Please reconnect: iCloud · anna@example.com"], [])
    assert mail.outbox[0].to == [practice.user.email]
    assert str(mail.outbox[0].body).split("\n") == [
        "Apple no longer accepts the app-specific password of anna@example.com. Make a new one at account.apple.com "
        "and reconnect.",
        "",
        f"{FOLLOWS} Kalends relies on what it read last for 15 minutes; after that new bookings stay pending.",
        "",
        "Everything that was booked so far is on your iPhone.",
        "",
        f"{CONNECTIONS}/{practice.connection.pk}/reconnect/",
    ]
    assert password not in str(mail.outbox[0].message())


def test_the_mail_lists_what_is_not_on_the_iphone_yet(practice: Practice) -> None:
    cancelled, moved, _stays, over = (practice.booked(START + hours * HOUR) for hours in range(4))
    practice.account.revoke_all()
    practice.poll_later()
    practice.book(START + 5 * HOUR)
    actions.cancel(cancelled, now=practice.now)
    actions.reschedule(moved, start=START + 4 * HOUR, now=practice.now)
    Booking.objects.filter(pk=over.pk).update(revision=9, start=practice.now - 2 * HOUR, end=practice.now - HOUR)
    LinkedEvent.objects.filter(booking=over).update(agreed_end=practice.now - HOUR)
    before = len(mail.outbox)
    assert told(practice) == ["Please reconnect: iCloud · anna@example.com"]
    assert str(mail.outbox[before].body).split("\n")[4:8] == [
        "Not on your iPhone yet:",
        "- Tue 1 Dec 2026, 10:00–11:00: Carla Client, Talk (cancelled)",
        "- Tue 1 Dec 2026, 14:00–15:00: Carla Client, Talk",
        "- Tue 1 Dec 2026, 15:00–16:00: Carla Client, Talk",
    ]


def test_an_account_that_bookings_are_not_written_to_has_no_list(practice: Practice) -> None:
    CalendarConfiguration.objects.update(linked_calendar=None)
    practice.account.revoke_all()
    practice.poll_later()
    told(practice)
    paragraphs = str(mail.outbox[0].body).split("\n\n")
    assert paragraphs[2:] == [f"{CONNECTIONS}/{practice.connection.pk}/reconnect/"]


def test_a_long_list_is_cut(practice: Practice) -> None:
    practice.account.revoke_all()
    practice.poll_later()
    for day in (1, 2, 3, 4):
        for hour in range(9, 15):
            practice.book(berlin(day, hour))
    before = len(mail.outbox)
    told(practice)
    lines = str(mail.outbox[before].body).split("\n")[4:-2]
    assert (len(lines), lines[-1]) == (22, "- and more")


def test_the_next_outage_is_told_again(practice: Practice) -> None:
    practice.account.revoke_all()
    practice.poll_later()
    told(practice)
    accounts.reconnect(Connection.objects.get(), password=practice.account.new_app_password(), now=practice.now)
    assert told(practice) == []

    practice.account.revoke_all()
    practice.poll_later()
    assert told(practice) == ["Please reconnect: iCloud · anna@example.com"]


def test_a_single_401_is_told_to_nobody(practice: Practice) -> None:
    practice.icloud.faults.unauthorized(times=1)
    practice.poll_later()
    assert told(practice) == []


def test_a_silence_is_told_when_the_last_copy_is_no_longer_trusted_and_not_before(practice: Practice) -> None:
    practice.icloud.down()
    practice.poll_later()
    practice.later(13 * MINUTE)
    assert told(practice) == []

    practice.later(4 * MINUTE)
    assert (told(practice), told(practice)) == (["Cannot be read: iCloud · anna@example.com"], [])
    assert str(mail.outbox[0].body).startswith("iCloud asks Kalends to wait. It tries again by itself.\n")
    assert str(mail.outbox[0].body).endswith(f"{CONNECTIONS}/{practice.connection.pk}/")


def test_a_silence_that_ends_with_a_refusal_is_told_as_what_it_is_then(practice: Practice) -> None:
    practice.icloud.down()
    practice.poll_later()
    practice.later(HOUR)
    told(practice)
    practice.icloud.up()
    practice.account.revoke_all()
    practice.later(HOUR)
    practice.sync()
    assert told(practice) == ["Please reconnect: iCloud · anna@example.com"]


def test_a_calendar_that_is_gone_is_named(practice: Practice) -> None:
    practice.account.calendar("Work").remove()
    practice.poll_later()
    practice.later(HOUR)
    assert told(practice) == ["Cannot be read: iCloud · anna@example.com"]
    assert str(mail.outbox[0].body).split("\n")[0] == (
        "“Work”: This calendar is no longer in the account. Choose another, or untick it."
    )


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("no_openings", "Kalends relies on what it read last for 15 minutes; after that no times are offered."),
        ("trust", "As you chose, Kalends goes on relying on what it read last."),
    ],
)
@pytest.mark.django_db
def test_the_mail_says_what_the_staff_member_chose_for_this(policy: str, said: str) -> None:
    user = UserFactory(configuration__stale_policy=policy)
    ConnectionFactory(user=user, needs_attention=True, error_code="unauthorized")
    mail_outages(NOW)
    assert str(mail.outbox[0].body).split("\n")[2] == f"{FOLLOWS} {said}"


@pytest.mark.django_db
def test_who_has_no_address_or_left_is_not_mailed() -> None:
    for values in ({"email": ""}, {"is_active": False}):
        ConnectionFactory(user=UserFactory(**values), needs_attention=True, error_code="unauthorized")
    assert (mail_outages(NOW), mail.outbox) == (0, [])


@pytest.mark.django_db
def test_a_mail_that_could_not_be_sent_is_sent_later(monkeypatch: pytest.MonkeyPatch) -> None:
    ConnectionFactory(user=UserFactory(), needs_attention=True, error_code="unauthorized")

    def refuse(*_arguments: Any) -> int:
        raise OSError("no mail server")

    with monkeypatch.context() as broken:
        broken.setattr(EmailBackend, "send_messages", refuse)
        assert mail_outages(NOW) == 0
    assert [mail_outages(moment) for moment in (NOW, NOW + MAIL_LEASE, NOW + HOUR)] == [0, 1, 0]


@pytest.mark.django_db
def test_an_outage_is_told_though_a_process_died_over_the_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    ConnectionFactory(user=UserFactory(), needs_attention=True, error_code="unauthorized")

    def killed(*_arguments: Any) -> int:
        raise SystemExit

    with monkeypatch.context() as dying:
        dying.setattr(EmailBackend, "send_messages", killed)
        with pytest.raises(SystemExit):
            mail_outages(NOW)
    assert [mail_outages(moment) for moment in (NOW, NOW + MAIL_LEASE, NOW + HOUR)] == [0, 1, 0]


@pytest.mark.django_db
def test_the_schedule_mails_outages() -> None:
    ConnectionFactory(user=UserFactory(), needs_attention=True, error_code="unauthorized")
    with time_machine.travel(NOW, tick=False):
        tasks.push_events()
    assert len(mail.outbox) == 1


@pytest.mark.django_db
def test_an_outage_that_ended_while_it_was_told_leaves_the_next_one_to_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    row = ConnectionFactory(user=UserFactory(), needs_attention=True, error_code="unauthorized")
    real = EmailBackend.send_messages

    def recover(backend: EmailBackend, messages: Any) -> int:
        Connection.objects.filter(pk=row.pk).update(error_code="")
        return real(backend, messages)

    with monkeypatch.context() as recovering:
        recovering.setattr(EmailBackend, "send_messages", recover)
        assert mail_outages(NOW) == 1
    Connection.objects.update(error_code="unauthorized")
    assert mail_outages(NOW + HOUR) == 1


def test_a_refused_password_is_not_tried_again_because_somebody_asked_while_icloud_was_down(
    practice: Practice,
) -> None:
    practice.account.revoke_all()
    practice.poll_later()
    practice.icloud.down()
    report = sync_connection(practice.connection.pk, now=practice.now, trigger="person")
    connection = Connection.objects.get()
    assert report.error is not None
    assert (report.error.code, connection.error_code, connection.needs_attention, connection.next_sync_at) == (
        "throttled",
        "unauthorized",
        True,
        None,
    )
    assert Calendar.objects.filter(connection=connection, fresh_at=practice.now).count() == 0


def test_an_outage_is_told_in_the_language_of_whose_account_it_is(practice: Practice) -> None:
    User.objects.update(language="de")
    practice.account.revoke_all()
    practice.poll_later()
    assert told(practice) == ["Bitte neu verbinden: iCloud · anna@example.com"]
    assert str(mail.outbox[0].body).split("\n")[2] == (
        "Bis das behoben ist, sieht Kalends keine Änderungen von Ihrem iPhone, und Buchungen kommen dort vielleicht "
        "nicht an. Kalends verlässt sich 15 Minuten lang auf das zuletzt Gelesene; danach bleiben neue Buchungen "
        "ausstehend."
    )


@pytest.mark.parametrize(
    ("policy", "follows"),
    [
        ("pending", "New bookings stay pending until it answers, or until you untick it."),
        ("no_openings", "No times are offered until it answers, or until you untick it."),
        ("trust", "As you chose, Kalends goes on relying on what it read last."),
    ],
)
def test_the_mail_about_a_calendar_by_web_address_speaks_of_no_iphone(
    practice: Practice, policy: str, follows: str
) -> None:
    CalendarConfiguration.objects.update(stale_policy=policy)
    feed = dead_feed(practice.user, error_code="")
    assert told(practice) == ["Cannot be read: Club fixtures"]
    assert str(mail.outbox[-1].body).split("\n\n") == [
        "The web address does not answer just now. Kalends tries again by itself. If this stays, check the address, "
        "or untick the calendar.",
        "Until this is fixed, Kalends does not see new events of this calendar; the last known ones block. " + follows,
        f"{CONNECTIONS}/{feed.connection_id}/",
    ]
    assert (FEED_ADDRESS in str(mail.outbox[-1].body), told(practice)) == (False, [])

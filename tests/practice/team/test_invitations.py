"""An invitation is mailed, sent again, revoked, accepted once, and forgotten."""

from __future__ import annotations

import smtplib
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction
from django_q.models import OrmQ

from bookings.tasks import apply_retention
from practice.models import Activity, Invitation, Practice, User
from practice.team.invitations import InvitationOver, InvitationRefused, accept, invite, revoke, send_again
from practice.team.links import LinkWorth, invitation_address, read_link
from tests.bookings.records.columns import columns_with
from tests.factories import NOW, UserFactory
from tests.practice.queue import work

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.time_machine(NOW, tick=False),
]
DAY = timedelta(days=1)


@pytest.fixture
def olga() -> User:
    user: User = UserFactory.create(username="olga", first_name="Olga", last_name="Winter", role="owner")
    return user


def token_of(invitation: Invitation) -> str:
    return invitation_address(invitation).rstrip("/").rpartition("/")[2]


def worth(token: str, days: float = 0) -> str:
    """What a link is worth so many days from now."""
    return read_link(token, NOW + days * DAY).worth


def test_the_worker_mails_the_link(olga: User) -> None:
    Practice.objects.create(name="Praxis Winter", time_zone="Europe/Berlin", email="praxis@example.com")
    invitation = invite("mara@example.com", "front_desk", by=olga, now=NOW)
    assert mail.outbox == []
    work()
    [sent] = mail.outbox
    assert (sent.to, sent.from_email) == (["mara@example.com"], "Praxis Winter <praxis@example.com>")
    assert (sent.subject, sent.body) == (
        "You are invited to work with Praxis Winter",
        "You are invited to work with Praxis Winter\n\n"
        "Olga Winter invites you. Your role: Front desk. Choose a user name and a password, then you are signed in to "
        "the calendar and the bookings.\n\n"
        f"Accept the invitation:\n{invitation_address(invitation)}\n\n"
        "The link works until Mon 7 Dec 2026, 09:00 CET, and once. "
        "If you do not know why you get this e-mail, you need not do anything.\n",
    )
    assert Invitation.objects.get().mail_state == "sent"


def test_it_is_mailed_in_the_language_of_the_practice(olga: User) -> None:
    Practice.objects.create(name="Praxis Winter", language="de")
    invite("mara@example.com", "staff", by=olga, now=NOW)
    work()
    assert mail.outbox[0].subject == "Einladung zur Mitarbeit: Praxis Winter"


def test_the_task_has_the_key_alone(olga: User) -> None:
    invitation = invite("mara@example.com", "staff", by=olga, now=NOW)
    task = OrmQ.objects.get().task
    assert (task["func"], task["args"], task["kwargs"]) == ("practice.team.mail.send_invitation", (invitation.pk,), {})


def test_the_database_has_the_address_once_and_no_link(olga: User) -> None:
    token = token_of(invite("mara@example.com", "staff", by=olga, now=NOW))
    assert columns_with("mara@example.com") == ["practice_invitation.email"]
    assert columns_with(token, token.rpartition(":")[2]) == []


def test_a_new_link_ends_the_former_one(olga: User) -> None:
    first = token_of(invite("mara@example.com", "staff", by=olga, now=NOW))
    second = token_of(send_again(Invitation.objects.get().pk, by=olga, now=NOW + 8 * DAY))
    assert [worth(first, 8), worth(second, 8), worth(second, 15)] == ["replaced", "valid", "expired"]


def test_who_is_invited_already_gets_a_new_link_for_the_new_role(olga: User) -> None:
    first = token_of(invite("mara@example.com", "staff", by=olga, now=NOW))
    second = invite("Mara@Example.com", "front_desk", by=olga, now=NOW)
    assert (worth(first), worth(token_of(second)), Invitation.objects.get().role) == ("replaced", "valid", "front_desk")


def test_a_task_that_comes_late_mails_only_the_latest_link(olga: User) -> None:
    invite("mara@example.com", "staff", by=olga, now=NOW)
    latest = invite("mara@example.com", "staff", by=olga, now=NOW)
    work()
    assert [invitation_address(latest) in str(one.body) for one in mail.outbox] == [True]


def test_a_link_works_for_seven_days_and_once(olga: User) -> None:
    token = token_of(invite("mara@example.com", "staff", by=olga, now=NOW))
    assert [worth(token), worth(token, 6.99), worth(token, 7)] == ["valid", "valid", "expired"]
    with transaction.atomic():
        accept(token, now=NOW)
    assert [worth(token), worth(token, 8)] == ["accepted", "accepted"]
    with pytest.raises(InvitationOver), transaction.atomic():
        accept(token, now=NOW)


def test_a_revoked_link_is_dead_and_nothing_is_mailed(olga: User) -> None:
    invitation = invite("mara@example.com", "staff", by=olga, now=NOW)
    revoke(invitation.pk, now=NOW)
    work()
    assert (worth(token_of(invitation)), mail.outbox) == ("revoked", [])
    for again in (lambda: revoke(invitation.pk, now=NOW), lambda: send_again(invitation.pk, by=olga, now=NOW)):
        with pytest.raises(InvitationRefused) as refusal:
            again()
        assert str(refusal.value) == "This invitation was accepted or revoked meanwhile."


@pytest.mark.parametrize("token", ["", "x", "WzEsMV0", "x" * 65, "WzEsMV0:1x:y"])
def test_a_forged_link_is_unknown(olga: User, token: str) -> None:
    invite("mara@example.com", "staff", by=olga, now=NOW)
    assert worth(token) == LinkWorth.UNKNOWN


def test_a_link_for_something_else_is_unknown(olga: User, settings: Any) -> None:
    token = token_of(invite("mara@example.com", "staff", by=olga, now=NOW))
    settings.SECRET_KEY = "another secret of another deployment"
    assert worth(token) == LinkWorth.UNKNOWN


@pytest.mark.parametrize(
    ("is_active", "sentence"),
    [
        (True, "There is already a user with this e-mail address."),
        (False, "The user with this e-mail address was deactivated. Reactivate them instead."),
    ],
)
def test_who_works_here_is_not_invited(olga: User, is_active: bool, sentence: str) -> None:
    UserFactory(email="mara@example.com", is_active=is_active)
    with pytest.raises(InvitationRefused) as refusal:
        invite("MARA@example.com", "staff", by=olga, now=NOW)
    assert (str(refusal.value), Invitation.objects.count()) == (sentence, 0)


class Deaf(EmailBackend):
    """A mail server that does not answer."""

    def send_messages(self, messages: Any) -> int:
        raise smtplib.SMTPServerDisconnected


def test_an_e_mail_that_cannot_be_sent_is_noted(olga: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Deaf"
    invitation = invite("mara@example.com", "staff", by=olga, now=NOW)
    work()
    assert Invitation.objects.get().mail_state == "failed"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    send_again(invitation.pk, by=olga, now=NOW)
    work()
    assert (Invitation.objects.get().mail_state, len(mail.outbox)) == ("sent", 1)


def test_where_e_mails_are_printed_none_is_queued(olga: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert invite("mara@example.com", "staff", by=olga, now=NOW).mail_state == "by_hand"
    assert OrmQ.objects.count() == 0


def test_the_activity_says_who_invited_and_not_whom(olga: User) -> None:
    invite("mara@example.com", "staff", by=olga, now=NOW)
    row = Activity.objects.get()
    assert (row.kind, row.actor, row.user, row.detail, row.at) == ("invited", olga, None, "staff", NOW)


def test_what_is_over_for_30_days_is_deleted(olga: User) -> None:
    ended = {"accepted": {"accepted_at": NOW}, "revoked": {"revoked_at": NOW}, "expired": {"expires_at": NOW}}
    for name, values in ended.items():
        invitation = invite(f"{name}@example.com", "staff", by=olga, now=NOW)
        Invitation.objects.filter(pk=invitation.pk).update(**{"expires_at": NOW + 7 * DAY} | values)
    invite("open@example.com", "staff", by=olga, now=NOW)
    assert [Invitation.objects.prune(NOW + 29 * DAY), Invitation.objects.prune(NOW + 30 * DAY)] == [0, 3]
    assert [one.email for one in Invitation.objects.all()] == ["open@example.com"]


def test_the_link_of_a_deleted_invitation_has_expired(olga: User) -> None:
    token = token_of(invite("mara@example.com", "staff", by=olga, now=NOW))
    Invitation.objects.all().delete()
    assert worth(token) == "expired"


def test_times_in_the_mail_are_those_of_the_practice(olga: User) -> None:
    Practice.objects.create(time_zone="America/New_York")
    invite("mara@example.com", "staff", by=None, now=NOW)
    work()
    there = NOW.astimezone(ZoneInfo("America/New_York"))
    assert f"7 Dec 2026, {there:%H:%M} EST" in str(mail.outbox[0].body)
    assert "\n\nYour role: Staff. Choose" in str(mail.outbox[0].body)


def test_the_nightly_task_deletes_what_is_over(olga: User) -> None:
    invitation = invite("mara@example.com", "staff", by=olga, now=NOW - 40 * DAY)
    assert read_link(token_of(invitation), NOW).worth == "expired"
    apply_retention()
    assert Invitation.objects.count() == 0

"""Inviting somebody from a shell."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from practice.models import Invitation, Practice
from practice.team.links import invitation_address
from tests.factories import NOW, UserFactory
from tests.practice.queue import work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.time_machine(NOW, tick=False)]
PRINTS = "django.core.mail.backends.console.EmailBackend"


def command(*arguments: str) -> str:
    out = io.StringIO()
    call_command("invite", *arguments, stdout=out)
    return out.getvalue()


def test_the_workers_mail_the_link() -> None:
    Practice.objects.create(time_zone="Europe/Berlin")
    printed = command("--email", "mara@example.com", "--role", "staff")
    assert printed == (
        "The workers e-mail an invitation to mara@example.com. "
        "Its link works until Mon 7 Dec 2026, 09:00 (Berlin time).\n"
    )
    work()
    invitation = Invitation.objects.get()
    assert invitation_address(invitation) in str(mail.outbox[0].body)
    assert (invitation.role, invitation.invited_by, invitation.mail_state) == ("staff", None, "sent")


def test_where_e_mails_are_printed_the_link_is_printed(settings: Any) -> None:
    settings.EMAIL_BACKEND = PRINTS
    assert command("--email", "mara@example.com", "--role", "owner").splitlines() == [
        "Nothing was mailed, because EMAIL_URL is not set to a mail server.",
        "Give this link to mara@example.com; it works until Mon 7 Dec 2026, 08:00 (UTC):",
        invitation_address(Invitation.objects.get()),
    ]


@pytest.mark.parametrize(
    ("backend", "has_link"), [("django.core.mail.backends.locmem.EmailBackend", False), (PRINTS, True)]
)
def test_programs_get_the_same(settings: Any, backend: str, has_link: bool) -> None:
    settings.EMAIL_BACKEND = backend
    printed = json.loads(command("--email", "mara@example.com", "--role", "front_desk", "--json"))
    assert printed == {
        "email": "mara@example.com",
        "role": "front_desk",
        "expires_at": "2026-12-07T08:00:00Z",
        "link": invitation_address(Invitation.objects.get()) if has_link else None,
    }


@pytest.mark.parametrize(
    ("email", "sentence"),
    [
        ("nowhere", "Enter a valid email address."),
        ("", "Enter a valid email address."),
        ("ben@example.com", "There is already a user with this e-mail address."),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(email: str, sentence: str) -> None:
    UserFactory(email="Ben@example.com")
    with pytest.raises(CommandError) as refused:
        command("--email", email, "--role", "staff")
    assert (str(refused.value), refused.value.returncode, Invitation.objects.count()) == (sentence, 2, 0)


def test_a_role_that_does_not_exist_is_refused() -> None:
    with pytest.raises(CommandError):
        command("--email", "mara@example.com", "--role", "boss")
    assert Invitation.objects.count() == 0

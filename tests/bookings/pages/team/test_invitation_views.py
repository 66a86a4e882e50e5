"""Inviting on the page, sending the link again, and revoking it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from practice.models import Invitation, User
from practice.team.links import invitation_address, read_link
from tests.factories import NOW, PASSWORD, UserFactory
from tests.pages import texts
from tests.practice.queue import work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.time_machine(NOW, tick=False)]
ASK = "/team/invite/"
NEWS = "//*[@id='messages']//p"


def test_an_invitation_is_mailed_and_listed(client: Client, olga: User) -> None:
    answer = client.post(ASK, {"email": "mara@example.com", "role": "front_desk"}, follow=True)
    assert (answer.redirect_chain, texts(answer, NEWS)) == ([("/team/", 302)], ["The invitation is on its way."])
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.role, invitation.invited_by) == ("mara@example.com", "front_desk", olga)
    work()
    assert [(one.to, invitation_address(invitation) in str(one.body)) for one in mail.outbox] == [
        (["mara@example.com"], True)
    ]


@pytest.mark.parametrize(
    ("email", "role", "sentences"),
    [
        ("", "", ["This field is required.", "This field is required."]),
        ("nowhere", "staff", ["Enter a valid email address."]),
        ("BEN@example.com", "staff", ["There is already a user with this e-mail address."]),
        ("mara@example.com", "boss", ["Select a valid choice. boss is not one of the available choices."]),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    client: Client, olga: User, email: str, role: str, sentences: list[str]
) -> None:
    UserFactory(email="ben@example.com")
    answer = client.post(ASK, {"email": email, "role": role})
    assert texts(answer, "//*[@class='field__error']/li") == sentences
    assert Invitation.objects.count() == 0


def test_whoever_signed_in_long_ago_is_asked_again_and_loses_nothing(
    client: Client, olga: User, time_machine: object
) -> None:
    time_machine.move_to(NOW + timedelta(minutes=10), tick=False)  # type: ignore[attr-defined]
    answer = client.post(ASK, {"email": "mara@example.com", "role": "staff"})
    assert answer.headers["Location"] == f"/account/confirm/?next={ASK.replace('/', '%2F')}"
    assert Invitation.objects.count() == 0
    client.post(answer.headers["Location"], {"password": PASSWORD})
    assert Invitation.objects.get().email == "mara@example.com"


def test_sending_again_ends_the_former_link(client: Client, olga: User) -> None:
    client.post(ASK, {"email": "mara@example.com", "role": "staff"})
    former = Invitation.objects.get()
    answer = client.post(f"/team/invitations/{former.pk}/resend/", follow=True)
    assert texts(answer, NEWS) == [
        "The invitation is on its way.",
        "A new link is on its way. The former one no longer works.",
    ]
    token = invitation_address(former).rstrip("/").rpartition("/")[2]
    assert read_link(token, NOW).worth == "replaced"


def test_a_revoked_invitation_is_not_listed(client: Client, olga: User) -> None:
    client.post(ASK, {"email": "mara@example.com", "role": "staff"})
    address = f"/team/invitations/{Invitation.objects.get().pk}/revoke/"
    answer = client.post(address, follow=True)
    assert texts(answer, NEWS)[-1] == "The invitation is revoked. Its link no longer works."
    assert "mara@example.com" not in answer.content.decode()
    gone = "This invitation was accepted or revoked meanwhile."
    assert texts(client.post(address, follow=True), NEWS) == [gone]
    assert texts(client.post(address.replace("revoke", "resend"), follow=True), NEWS) == [gone]


def test_a_server_that_only_prints_e_mails_shows_the_link(client: Client, olga: User, settings: object) -> None:
    settings.EMAIL_BACKEND = "config.console.EmailBackend"  # type: ignore[attr-defined]
    answer = client.post(ASK, {"email": "mara@example.com", "role": "staff"}, follow=True)
    assert texts(answer, NEWS) == ["This server does not send e-mails. Give the link below to the person you invite."]
    assert texts(answer, "//*[@class='code']") == [invitation_address(Invitation.objects.get())]

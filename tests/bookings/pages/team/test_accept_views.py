"""Whoever has the link of an invitation makes their own account, once."""

from __future__ import annotations

import logging
from datetime import time, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db.models.signals import pre_save
from django.test import Client

from availability.models import WorkingHours
from config.redaction import HideSecretPaths
from connections.models import CalendarConfiguration
from practice.models import Activity, Invitation, Practice, User
from practice.team.invitations import invite, revoke
from practice.team.links import invitation_address
from tests.factories import NOW, UserFactory
from tests.pages import find, texts

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
CHOSEN = "correct horse battery"
TYPED = {
    "first_name": "Mara",
    "last_name": "Winter",
    "username": "mara",
    "language": "en",
    "password1": CHOSEN,
    "password2": CHOSEN,
}
CARD = "//*[@class='card stack']/p"
WRONG = "//*[@class='field__error']/li | //*[@role='alert']//p"


@pytest.fixture
def owner(db: None) -> User:
    user: User = UserFactory.create(username="olga", role="owner")
    return user


def link(owner: User, role: str = "staff", **values: Any) -> str:
    """The path of the link of an invitation for Mara."""
    invitation = invite("mara@example.com", role, by=owner, now=NOW)
    Invitation.objects.filter(pk=invitation.pk).update(**{"generation": 1} | values)
    return urlsplit(invitation_address(invitation)).path


def test_accepting_makes_a_staff_member_who_is_signed_in(owner: User) -> None:
    Practice.objects.create(name="Praxis Winter", time_zone="Europe/Berlin")
    client, path = Client(enforce_csrf_checks=True), link(owner)
    page = client.get(path)
    assert texts(page, "//h1") == ["Welcome to Praxis Winter"]
    token = find(page, "//input[@name='csrfmiddlewaretoken']")[0].get("value")
    assert client.post(path, TYPED | {"csrfmiddlewaretoken": token}).headers["Location"] == "/calendars/"
    mara = User.objects.get(username="mara")
    assert (mara.email, mara.role, mara.slug, mara.language) == ("mara@example.com", "staff", "mara-winter", "en")
    assert (mara.is_superuser, mara.is_staff, mara.check_password(CHOSEN)) == (False, False, True)
    chosen = CalendarConfiguration.objects.get(user=mara)
    assert (chosen.time_zone, chosen.when_moved) == ("Europe/Berlin", CalendarConfiguration.WhenMoved.SAME_DAY)
    hours = WorkingHours.objects.filter(user=mara).by_weekday()
    assert hours == {day: [(time(9), time(17))] for day in range(5)}
    assert texts(client.get("/account/"), "//details[@class='menu']/summary") == ["Mara"]
    assert Invitation.objects.get().accepted_at == NOW


@pytest.mark.parametrize(("role", "configurations"), [("owner", 1), ("staff", 1), ("front_desk", 0)])
def test_who_can_be_booked_has_a_configuration(client: Client, owner: User, role: str, configurations: int) -> None:
    client.post(link(owner, role), TYPED)
    mara = User.objects.get(username="mara")
    assert (mara.role, CalendarConfiguration.objects.filter(user=mara).count()) == (role, configurations)
    assert client.get("/calendars/").status_code == 200


def test_the_activity_has_it(client: Client, owner: User) -> None:
    client.post(link(owner, "front_desk"), TYPED)
    mara = User.objects.get(username="mara")
    rows = Activity.objects.order_by("pk").values_list("kind", "actor", "detail")
    assert list(rows) == [
        ("invited", owner.pk, "front_desk"),
        ("joined", mara.pk, "front_desk"),
        ("signed_in", mara.pk, ""),
    ]


def test_looking_changes_nothing(client: Client, owner: User) -> None:
    path = link(owner)
    assert [client.get(path).status_code, client.head(path).status_code] == [200, 200]
    assert (User.objects.count(), Invitation.objects.get().accepted_at) == (1, None)


def test_where_a_second_factor_is_required_the_new_person_sets_one_up(client: Client, owner: User) -> None:
    Practice.objects.create(second_factor_required=True)
    answer = client.post(link(owner), TYPED, follow=True)
    assert answer.redirect_chain == [("/calendars/", 302), ("/account/second-factor/", 302)]
    assert client.get("/account/second-factor/app/").status_code == 200  # without the password again


@pytest.mark.parametrize(
    ("typed", "sentences"),
    [
        (
            {"first_name": "", "username": "", "password1": "", "password2": ""},
            ["This field is required."] * 4,
        ),
        ({"username": "OLGA"}, ["A user with that username already exists."]),
        (
            {"username": "olga@example.com"},
            ["This is the e-mail address of somebody else. Choose another user name."],
        ),
        (
            {"password1": "x7!", "password2": "x7!"},
            ["This password is too short. It must contain at least 8 characters."],
        ),
        (
            {"password1": "mara@example.com", "password2": "mara@example.com"},
            ["The password is too similar to the email address."],
        ),
        ({"password2": "another"}, ["The two password fields didn’t match."]),
        ({"language": "xx"}, ["Select a valid choice. xx is not one of the available choices."]),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(
    client: Client, owner: User, typed: dict[str, str], sentences: list[str]
) -> None:
    assert texts(client.post(link(owner), TYPED | typed), WRONG) == sentences
    assert (User.objects.count(), Invitation.objects.get().accepted_at) == (1, None)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"accepted_at": NOW}, "The invitation was accepted already. Sign in with your user name or e-mail address."),
        (
            {"revoked_at": NOW},
            "The invitation was revoked. Ask an owner of the practice if you think that is a mistake.",
        ),
        ({"generation": 2}, "A newer link was sent to you. Open the one in the latest e-mail."),
        ({"expires_at": NOW}, "The invitation has expired. Ask an owner of the practice to send it again."),
    ],
)
def test_a_dead_link_says_why_and_what_to_do(
    client: Client, owner: User, values: dict[str, Any], sentence: str
) -> None:
    path = link(owner, **values)
    for answer in (client.get(path), client.post(path, TYPED)):
        assert (texts(answer, "//h1"), texts(answer, CARD)) == (["This link no longer works"], [sentence])
    assert User.objects.count() == 1


def test_a_link_that_is_not_ours_says_so(client: Client, owner: User) -> None:
    answer = client.post("/team/invitations/abc:def:ghi/", TYPED)
    assert texts(answer, CARD) == [
        "It is incomplete or not one of ours. Open it from the e-mail again, or ask an owner of the practice for a new "
        "one."
    ]


def test_a_link_is_used_once(client: Client, owner: User) -> None:
    path = link(owner)
    client.post(path, TYPED)
    answer = Client().post(path, TYPED | {"username": "another"})
    assert (texts(answer, "//h1"), User.objects.count()) == (["This link no longer works"], 2)


def test_an_address_that_a_user_has_by_now_is_refused(client: Client, owner: User) -> None:
    path = link(owner)
    UserFactory(email="Mara@example.com")
    for answer in (client.get(path), client.post(path, TYPED)):
        assert texts(answer, CARD) == [
            "There is a user with your e-mail address. Sign in; if you cannot, ask an owner of the practice."
        ]
    assert User.objects.count() == 2


def test_whoever_is_signed_in_does_not_accept_for_somebody_else(client: Client, owner: User) -> None:
    client.force_login(owner)
    answer = client.post(link(owner), TYPED)
    assert (texts(answer, "//h1"), User.objects.count()) == (["You are signed in already"], 1)


def test_the_page_speaks_the_language_of_the_browser(client: Client, owner: User) -> None:
    Practice.objects.create(name="Praxis Winter")
    answer = client.get(link(owner), headers={"accept-language": "de"})
    assert texts(answer, "//h1") == ["Willkommen bei Praxis Winter"]


@pytest.mark.parametrize(("email", "proposed"), [("kim@example.com", "kim"), ("olga@example.net", None)])
def test_a_user_name_is_proposed_that_nobody_has(client: Client, owner: User, email: str, proposed: str | None) -> None:
    path = urlsplit(invitation_address(invite(email, "staff", by=owner, now=NOW))).path
    assert find(client.get(path), "//input[@name='username']")[0].get("value") == proposed


def test_whoever_tries_links_is_slowed_down(client: Client) -> None:
    answers = [client.get("/team/invitations/guess/").status_code for _ in range(23)]
    assert (answers[:21], 429 in answers[21:]) == ([200] * 21, True)


def test_logs_do_not_have_the_token() -> None:
    words = "Forbidden (CSRF cookie not set.): /team/invitations/abc:def:ghi/"
    record = logging.LogRecord("django.security.csrf", logging.WARNING, "", 1, "%s", (words,), None)
    HideSecretPaths().filter(record)
    assert record.getMessage() == "Forbidden (CSRF cookie not set.): /team/invitations/…/"


def test_a_revoked_invitation_can_be_followed_by_another(client: Client, owner: User) -> None:
    path = link(owner)
    revoke(Invitation.objects.get().pk, now=NOW + timedelta(hours=1))
    client.post(urlsplit(invitation_address(invite("mara@example.com", "staff", by=owner, now=NOW))).path, TYPED)
    assert (User.objects.count(), texts(Client().get(path), "//h1")) == (2, ["This link no longer works"])


def test_a_name_that_somebody_takes_at_the_same_moment_is_refused(client: Client, owner: User) -> None:
    path = link(owner)

    def be_quicker(instance: User, **kwargs: Any) -> None:
        pre_save.disconnect(be_quicker, sender=User)
        UserFactory.create(username=instance.username, email="quick@example.com")

    pre_save.connect(be_quicker, sender=User)
    answer = client.post(path, TYPED)
    assert texts(answer, WRONG) == ["Somebody else has just taken this name. Choose another."]
    assert Invitation.objects.get().accepted_at is None
    assert client.post(path, TYPED | {"username": "mara2"}).headers["Location"] == "/calendars/"

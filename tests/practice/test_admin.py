"""Support sees and changes people and the practice without a shell."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from practice.models import Invitation, Practice, User
from practice.team.invitations import invite
from tests.factories import PASSWORD, UserFactory
from tests.pages import find, texts
from tests.practice.second_factor.factors import code, send_code, set_up_app

pytestmark = pytest.mark.django_db


def test_support_finds_people_by_name_address_and_public_name(support: Client) -> None:
    UserFactory(username="mara", email="winter@example.com", slug="massage-by-mara")
    for asked in ("mara", "winter@example", "massage-by"):
        page = support.get(f"/admin/practice/user/?q={asked}")
        assert texts(page, "//tbody//*[contains(@class, 'field-role')]") == ["Staff"]


@pytest.mark.parametrize(
    "page", ["", "password_change/", "password_change/done/", "jsi18n/", "practice/user/", "login/"]
)
def test_browsers_store_no_page_of_the_admin(support: Client, client: Client, page: str) -> None:
    kept = {support.get(f"/admin/{page}")["Cache-Control"], client.get(f"/admin/{page}")["Cache-Control"]}
    assert kept == {"max-age=0, no-cache, no-store, must-revalidate, private"}


def test_people_sign_in_to_the_admin_where_everybody_does(client: Client) -> None:
    UserFactory(username="support", is_staff=True, is_superuser=True)
    asked = client.get("/admin/practice/user/")
    assert asked.headers["Location"] == "/admin/login/?next=/admin/practice/user/"
    page = client.get(asked.headers["Location"])
    assert texts(page, "//label") == ["Username or e-mail", "Password"]
    [next_field] = find(page, "//form[not(@action)]//input[@name='next']")
    data = {"username": "support", "password": PASSWORD, "next": next_field.get("value")}
    assert client.post("/admin/login/", data).headers["Location"] == "/admin/practice/user/"


def test_the_admin_asks_for_the_second_factor_too(client: Client) -> None:
    secret = set_up_app(UserFactory(username="support", is_staff=True, is_superuser=True))
    data = {"username": "support", "password": PASSWORD, "next": "/admin/"}
    assert client.post("/admin/login/", data).headers["Location"] == "/accounts/login/second-factor/"
    assert client.get("/admin/").status_code == 302
    assert send_code(client, code(secret)).headers["Location"] == "/admin/"


def test_whoever_may_not_use_the_admin_is_told_so(client: Client) -> None:
    client.force_login(UserFactory())
    answer = client.get("/admin/", follow=True)
    assert (answer.status_code, texts(answer, "//h1")) == (403, ["You are not allowed to do this"])


def test_support_changes_the_own_password_where_everybody_does(support: Client) -> None:
    assert support.get("/admin/password_change/").headers["Location"] == "/account/password/"


@pytest.mark.parametrize("page", ["account/emailaddress/", "mfa/authenticator/", "usersessions/usersession/"])
def test_second_factors_and_sessions_of_others_are_not_in_the_admin(support: Client, page: str) -> None:
    assert support.get(f"/admin/{page}").status_code == 404


def test_support_gives_somebody_another_role_and_public_name(support: Client) -> None:
    anna = UserFactory(username="anna", first_name="Anna")
    page = support.get(f"/admin/practice/user/{anna.pk}/change/")
    data = {field.get("name"): field.get("value") or "" for field in find(page, "//main//input[@name]")}
    data = {name: value for name, value in data.items() if value or name in ("first_name", "last_name")}
    data |= {"role": "front_desk", "slug": "anna-winter", "language": "en", "clock": "12", "is_active": "on"}
    assert support.post(f"/admin/practice/user/{anna.pk}/change/", data).status_code == 302
    anna.refresh_from_db()
    assert (anna.role, anna.slug, anna.language, anna.clock) == ("front_desk", "anna-winter", "en", "12")


def test_support_enters_the_practice_once(support: Client) -> None:
    data = {"name": "Praxis am See", "country": "DE", "time_zone": "Europe/Berlin", "colour": "#27489b"}
    assert support.post("/admin/practice/practice/add/", data).status_code == 302
    assert (Practice.current().name, Practice.objects.count()) == ("Praxis am See", 1)
    assert support.get("/admin/practice/practice/add/").status_code == 403


def test_support_makes_somebody_with_a_role(support: Client) -> None:
    password = {"password1": "a-long-sign-in-password", "password2": "a-long-sign-in-password"}
    data = {"username": "mara", "first_name": "Mara", "last_name": "Winter", "email": "", "role": "owner", **password}
    answer = support.post("/admin/practice/user/add/", {**data, "usable_password": "true"})
    assert answer.status_code == 302
    assert User.objects.filter(username="mara").values_list("role", "slug").get() == ("owner", "mara-winter")


@pytest.fixture
def olga(client: Client) -> User:
    """The only owner, signed in as `client`."""
    owns = {"role": "owner", "is_superuser": True, "is_staff": True}
    user: User = UserFactory(username="olga", first_name="Olga", configuration=None, **owns)
    client.force_login(user)
    return user


def save(client: Client, user: User, **changed: str) -> list[str]:
    """Save the page of a user with the fields changed (empty: not sent); what is wrong with it."""
    page = f"/admin/practice/user/{user.pk}/change/"
    shown = client.get(page).context["adminform"].form
    sent = {
        name: shown[name].value() for name in shown.fields if name not in ("password", "user_permissions", "groups")
    }
    sent |= {f"{name}_{part}": "" for name in ("last_login", "date_joined") for part in (0, 1)}
    sent |= {"date_joined_0": "2026-11-01", "date_joined_1": "08:00"} | changed
    answer = client.post(page, {name: value for name, value in sent.items() if value not in ("", None, False)})
    return texts(answer, "//ul[contains(@class, 'errorlist')]/li") if answer.status_code == 200 else []


def test_the_only_owner_stays_one_in_the_admin_too(client: Client, olga: User) -> None:
    sentence = "Olga is the only owner of the practice. Make somebody else an owner first."
    assert save(client, olga, role="staff", is_superuser="") == [sentence]
    assert save(client, olga, role="staff") == []  # still a superuser
    UserFactory(role="owner")
    assert save(client, olga, is_superuser="") == []
    olga.refresh_from_db()
    assert (olga.role, olga.is_superuser) == ("staff", False)


def test_whoever_loses_ownership_in_the_admin_has_invited_nobody(client: Client, olga: User) -> None:
    another = UserFactory(role="owner", configuration=None)
    invite("mara@example.com", User.Role.OWNER, by=another, now=timezone.now())
    assert save(client, another, role="staff") == []
    assert Invitation.objects.get().revoked_at is not None


def test_all_owners_at_once_are_not_deleted(client: Client, olga: User) -> None:
    page, selected = f"/admin/practice/user/{olga.pk}/delete/", {"action": "delete_selected", "post": "yes"}
    client.post(page, {"post": "yes"})
    client.post("/admin/practice/user/", selected | {"_selected_action": [olga.pk, UserFactory(configuration=None).pk]})
    assert User.objects.filter(pk=olga.pk).exists() is True
    another = UserFactory(role="owner", configuration=None)
    client.post(f"/admin/practice/user/{another.pk}/delete/", {"post": "yes"})
    assert list(User.owners()) == [olga]


def test_nobody_is_deactivated_in_passing(support: Client) -> None:
    anna = UserFactory(username="anna", role="staff")
    page = support.get(f"/admin/practice/user/{anna.pk}/change/")
    assert find(page, "//input[@name='is_active']") == []

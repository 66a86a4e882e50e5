"""What an owner may have to account for: written down without names, shown to owners, and forgotten in time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from bookings import actions
from connections import accounts
from practice.activity.journal import note
from practice.activity.role_notes import role_word
from practice.activity.tasks import prune_activity
from practice.models import Activity, User
from tests.bookings.practice import Practice
from tests.bookings.practice import practice as practice  # a fixture
from tests.factories import NOW, PASSWORD, ClientFactory, UserFactory
from tests.icloud import account as account  # fixtures
from tests.icloud import icloud as icloud
from tests.icloud import phone as phone
from tests.pages import find, texts

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
URL = "/team/activity/"
DAY = timedelta(days=1)
Kind = Activity.Kind


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(UserFactory.create(username="ida", first_name="Ida", role=User.Role.OWNER))
    return client


def written() -> list[tuple[object, ...]]:
    return list(Activity.objects.order_by("pk").values_list("kind", "actor__username", "client", "detail"))


def test_signing_in_is_written_down_with_the_address(client: Client) -> None:
    UserFactory.create(username="anna")
    client.post("/accounts/login/", {"username": "anna", "password": "wrong"})
    client.post("/accounts/login/", {"username": "anna", "password": PASSWORD}, REMOTE_ADDR="203.0.113.7")
    row = Activity.objects.get()
    assert (row.kind, str(row.actor), row.address, row.at) == ("signed_in", "anna", "203.0.113.7", NOW)


def test_changes_of_contact_data_and_merges_have_the_number_and_no_value() -> None:
    anna = UserFactory.create(username="anna")
    clara, double = ClientFactory.create(name="Clara"), ClientFactory.create(name="Clara")
    clara.name, clara.email = "Clara Sommer", "new@example.org"
    actions.change_client(clara, now=NOW, actor=anna)
    actions.merge_clients(clara, [double], now=NOW, actor=anna)
    assert written() == [
        ("contact_changed", "anna", clara.pk, "name, email"),
        ("merged", "anna", clara.pk, "name, email, phone"),
    ]


def test_accounts_that_come_and_go_are_written_down(practice: Practice) -> None:
    password = practice.account.new_app_password("Again")
    accounts.reconnect(practice.connection, password=password, now=practice.now)
    actions.disconnect(practice.connection, remove=False, now=practice.now)
    rows = Activity.objects.order_by("pk").values_list("kind", "user__username", "detail")
    assert list(rows) == [(kind, "anna", "icloud") for kind in ("connected", "reconnected", "disconnected")]


def test_changes_of_roles_in_the_admin_are_written_down(support: Client) -> None:
    anna = UserFactory.create(username="anna")
    page = support.get(f"/admin/practice/user/{anna.pk}/change/")
    data = {field.get("name"): field.get("value") or "" for field in find(page, "//main//input[@name]")}
    data = {name: value for name, value in data.items() if value or name in ("first_name", "last_name")}
    data |= {"role": "owner", "is_active": "on", "clock": ""}
    data = {name: value for name, value in data.items() if name not in ("is_superuser", "is_staff")}
    assert support.post(f"/admin/practice/user/{anna.pk}/change/", data).status_code == 302
    row = Activity.objects.get()
    assert (row.kind, str(row.actor), row.user, row.detail) == ("role_changed", "support", anna, "owner")


def test_who_is_made_in_the_admin_is_written_down_with_the_role(support: Client) -> None:
    password = {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    data = {"username": "ben", "clock": "", **password, "role": "front_desk"}
    assert support.post("/admin/practice/user/add/", data).status_code == 302
    row = Activity.objects.get()
    assert (row.kind, str(row.actor), str(row.user), row.detail) == ("role_changed", "support", "ben", "front_desk")


@pytest.mark.parametrize(
    ("user", "word"),
    [
        (User(role="staff"), "staff"),
        (User(role="staff", is_superuser=True), "owner"),
        (User(role="", is_staff=True), "support"),
        (User(role=""), "no role"),
        (User(role="owner", is_active=False), "deactivated"),
    ],
)
def test_each_role_has_a_word(user: User, word: str) -> None:
    assert role_word(user) == word


def test_owners_see_it_and_nobody_else(owner: Client) -> None:
    ida = User.objects.get()
    note(Kind.ERASED, NOW, actor=ida, client=17)
    note(Kind.SIGNED_IN, NOW + DAY, actor=ida, address="203.0.113.7")
    assert texts(owner.get(URL), "//tbody/tr") == [
        "Tue 1 Dec, 09:00 Ida Signed in 203.0.113.7",
        "Mon 30 Nov, 09:00 Ida Erased a client · client 17 —",
    ]
    for role in (User.Role.STAFF, User.Role.FRONT_DESK):
        User.objects.update(role=role)
        assert owner.get(URL).status_code == 403


def test_addresses_are_forgotten_after_two_weeks_and_the_rest_after_a_year() -> None:
    note(Kind.SIGNED_IN, NOW - 365 * DAY)
    kept = note(Kind.SIGNED_IN, NOW - 364 * DAY, address="203.0.113.1")
    older = note(Kind.SIGNED_IN, NOW - 14 * DAY, address="203.0.113.2")
    newer = note(Kind.SIGNED_IN, NOW - 13 * DAY, address="203.0.113.3")
    prune_activity()
    assert list(Activity.objects.order_by("pk").values_list("pk", "address")) == [
        (kept.pk, None),
        (older.pk, None),
        (newer.pk, "203.0.113.3"),
    ]


def test_a_page_of_many_rows_costs_as_many_queries_as_one_of_few(
    owner: Client, django_assert_num_queries: object
) -> None:
    ida = User.objects.get()
    note(Kind.SIGNED_IN, NOW, actor=ida)
    assert len(texts(owner.get(URL), "//tbody/tr")) == 1
    for number in range(120):
        note(Kind.EXPORTED, NOW, actor=UserFactory.create(), client=number)
    assert len(texts(owner.get(URL), "//tbody/tr")) == 50


def test_what_was_noted_is_shown_in_words(owner: Client) -> None:
    for detail in ("front_desk", "deactivated", "icloud", "name, email", ""):
        note(Kind.ROLE_CHANGED, NOW, detail=detail)
    User.objects.update(language="de")
    words = ["Empfang", "deaktiviert", "iCloud", "Name, E-Mail", ""]
    assert [row.detail_words for row in Activity.objects.order_by("pk")][-5:] == [
        "Front desk",
        "deactivated",
        "iCloud",
        "name, e-mail",
        "",
    ]
    cells = texts(owner.get(URL), "//tbody//td[@data-label='Was']")
    assert cells == [" · ".join(filter(None, ["Hat eine Rolle geändert", word])) for word in reversed(words)]

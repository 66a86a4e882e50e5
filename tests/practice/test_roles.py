"""The table of who may do what."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings.models import Booking
from practice.models import Practice, User
from practice.roles import TABLE, Action, Reach, Role, allowed, may, reach, refusal, require, role_of
from tests.factories import BookingFactory, UserFactory

EVERYBODY = ["owner", "staff", "front_desk", "support", "nobody"]
OWNER = {
    "manage_own_account": "own",
    "work": "all",
    "manage_own_calendar": "own",
    "see_week": "all",
    "see_bookings": "all",
    "handle_bookings": "all",
    "decide_proposals": "all",
    "offer_services": "own",
    "edit_services": "all",
    "see_clients": "all",
    "read_notes": "all",
    "manage_client_data": "all",
    "see_activity": "all",
    "manage_team": "all",
    "manage_practice": "all",
}
NOTHING = dict.fromkeys(OWNER, "none")
ON_OWN = ("see_week", "see_bookings", "handle_bookings", "decide_proposals", "see_clients", "read_notes")
STAFF = {
    **NOTHING,
    **dict.fromkeys(["manage_own_account", "manage_own_calendar", "offer_services", *ON_OWN], "own"),
    "work": "all",
}
FRONT_DESK = {
    **NOTHING,
    **dict.fromkeys(["work", "see_week", "see_bookings", "handle_bookings", "decide_proposals", "see_clients"], "all"),
    "manage_own_account": "own",
}
LOOKED_AT = ["see_bookings", "handle_bookings", "decide_proposals", "edit_services", "see_clients", "manage_practice"]
SUPPORT = {**NOTHING, **dict.fromkeys(LOOKED_AT, "look"), "manage_own_account": "own"}


def somebody(name: str) -> User:
    """One of EVERYBODY, not saved."""
    if name in ("support", "nobody"):
        return User(pk=7, role="", is_staff=name == "support")
    return User(pk=7, role=name)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "expected"), list(zip(EVERYBODY, [OWNER, STAFF, FRONT_DESK, SUPPORT, NOTHING], strict=True))
)
def test_a_role_reaches_what_the_table_says(name: str, expected: dict[str, str]) -> None:
    UserFactory(role=Role.OWNER)
    assert {action.value: reach(somebody(name), action).value for action in Action} == expected


def test_the_table_has_a_row_for_every_action_and_a_cell_for_every_role() -> None:
    assert list(TABLE) == list(Action)
    assert {frozenset(row) for row in TABLE.values()} == {frozenset({*Role, None})}


def test_superusers_are_owners_whatever_their_role() -> None:
    assert [role_of(User(role=role, is_superuser=True)) for role in ("", *Role)] == [Role.OWNER] * 4


def test_somebody_who_is_inactive_may_do_nothing() -> None:
    assert [action for action in Action if may(User(is_active=False, is_superuser=True), action)] == []


@pytest.mark.django_db
def test_staff_edit_services_only_while_nobody_owns_the_practice() -> None:
    staff = UserFactory(role=Role.STAFF)
    assert may(staff, Action.EDIT_SERVICES)
    owner = UserFactory(role=Role.OWNER)
    assert not may(staff, Action.EDIT_SERVICES)
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert may(staff, Action.EDIT_SERVICES)


@pytest.mark.django_db
def test_the_front_desk_decides_unless_the_practice_says_that_it_does_not() -> None:
    Practice.objects.create(front_desk_decides=False)
    deciding = [name for name in EVERYBODY if may(somebody(name), Action.DECIDE_PROPOSALS)]
    assert deciding == ["owner", "staff"]


@pytest.mark.parametrize(
    ("name", "own", "others"),
    [("owner", True, True), ("staff", True, False), ("front_desk", True, True), ("support", False, False)],
)
def test_what_belongs_to_a_colleague_is_out_of_reach_for_staff(name: str, own: bool, others: bool) -> None:
    user = somebody(name)
    assert [may(user, Action.HANDLE_BOOKINGS, owner_of=pk) for pk in (7, 8)] == [own, others]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "seen"), [("owner", 2), ("staff", 1), ("front_desk", 2), ("support", 0)])
def test_rows_are_those_within_reach(name: str, seen: int) -> None:
    own, _others = BookingFactory(), BookingFactory()
    user = own.staff
    user.role, user.is_staff = (name, False) if name != "support" else ("", True)
    assert allowed(user, Action.SEE_BOOKINGS, Booking.objects.all(), owner="staff").count() == seen


def test_only_what_a_practice_may_decide_otherwise_asks_the_database(db: None) -> None:
    with CaptureQueriesContext(connection) as asked:
        for name in EVERYBODY:
            for action in Action:
                reach(somebody(name), action)
    assert len(asked) == sum(
        cell in (Reach.ALL_IF_LET, Reach.OWN_IF_UNOWNED) for r in TABLE.values() for cell in r.values()
    )


@pytest.mark.parametrize(
    ("name", "action", "sentence"),
    [
        ("staff", Action.MANAGE_PRACTICE, "Only owners of the practice may do this. Ask one of them."),
        ("staff", Action.HANDLE_BOOKINGS, "This belongs to a colleague. Ask them, the front desk or an owner."),
        (
            "front_desk",
            Action.MANAGE_OWN_CALENDAR,
            "The front desk has no calendar of its own. Ask an owner to make you staff if clients should book you.",
        ),
        (
            "support",
            Action.SEE_BOOKINGS,
            "Your account has no role in this practice. Ask an owner to give you one.",
        ),
    ],
)
def test_a_refusal_says_what_to_do(name: str, action: Action, sentence: str) -> None:
    user = somebody(name)
    assert refusal(user, action) == sentence
    with pytest.raises(PermissionDenied, match=sentence[:30]):
        require(user, action, owner_of=8)

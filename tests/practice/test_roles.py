"""The table of who may do what."""

from __future__ import annotations

import pytest

from practice.models import User
from practice.roles import Action, Role, may, role_of


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.OWNER, {Action.WORK, Action.MANAGE_OWN_CALENDAR, Action.MANAGE_PRACTICE}),
        (Role.STAFF, {Action.WORK, Action.MANAGE_OWN_CALENDAR}),
        (Role.FRONT_DESK, {Action.WORK}),
    ],
)
def test_a_role_allows_what_the_table_says(role: Role, allowed: set[Action]) -> None:
    assert {action for action in Action if may(User(role=role), action)} == allowed


def test_superusers_are_owners_whatever_their_role() -> None:
    assert role_of(User(role=Role.FRONT_DESK, is_superuser=True)) == Role.OWNER


def test_somebody_who_is_inactive_may_do_nothing() -> None:
    assert [action for action in Action if may(User(is_active=False, is_superuser=True), action)] == []

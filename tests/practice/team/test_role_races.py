"""Two owners who demote each other at the same moment: one of them stays."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from practice.models import User
from practice.roles import Role
from practice.team.role_changes import LastOwner, change_role
from tests.bookings.racing import Racers
from tests.factories import NOW, UserFactory
from tests.shared_database import shared_database  # noqa: F401 - a fixture

pytestmark = pytest.mark.usefixtures("shared_database")
RACERS = 2
ROUNDS = 10


def demote(pair: tuple[int, int]) -> str:
    """Let the first take the ownership of the second."""
    by, whom = pair
    try:
        change_role(whom, Role.STAFF, by=User.objects.get(pk=by), now=NOW)
    except (PermissionDenied, LastOwner) as refusal:
        return type(refusal).__name__
    return "done"


def test_one_of_two_owners_who_demote_each_other_stays(racers: Racers) -> None:
    olga, ben = UserFactory.create(role="owner").pk, UserFactory.create(role="owner").pk
    outcomes = []
    for _round in range(ROUNDS):
        User.objects.update(role="owner")
        outcomes.append((sorted(racers.race(demote, [(olga, ben), (ben, olga)])), User.owners().count()))
    assert outcomes == [(["PermissionDenied", "done"], 1)] * ROUNDS


def test_one_of_two_owners_who_step_back_stays(racers: Racers) -> None:
    olga, ben = UserFactory.create(role="owner").pk, UserFactory.create(role="owner").pk
    outcomes = []
    for _round in range(ROUNDS):
        User.objects.update(role="owner")
        outcomes.append((sorted(racers.race(demote, [(olga, olga), (ben, ben)])), User.owners().count()))
    assert outcomes == [(["LastOwner", "done"], 1)] * ROUNDS

"""Roles change, and a practice always has an owner."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from practice.models import Activity, Invitation, User
from practice.roles import Role
from practice.team.invitations import invite
from practice.team.role_changes import LastOwner, change_role
from tests.factories import NOW, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga() -> User:
    user: User = UserFactory.create(username="olga", first_name="Olga", role="owner")
    return user


def roles() -> dict[str, tuple[str, bool, bool]]:
    """By user name: the role, and whether they are a superuser and may open the administration."""
    return {user.username: (user.role, user.is_superuser, user.is_staff) for user in User.objects.all()}


def test_another_role_is_written_down(olga: User) -> None:
    ben = UserFactory.create(username="ben")
    change_role(ben.pk, Role.FRONT_DESK, by=olga, now=NOW)
    assert roles()["ben"] == ("front_desk", False, False)
    row = Activity.objects.get()
    assert (row.kind, row.actor, row.user, row.detail, row.at) == ("role_changed", olga, ben, "front_desk", NOW)


def test_invitations_of_who_owns_nothing_any_more_are_revoked(olga: User) -> None:
    ben = UserFactory.create(username="ben", role="owner")
    for owner in (ben, olga):
        invite(f"{owner.username}@elsewhere.example", Role.OWNER, by=owner, now=NOW)
    change_role(ben.pk, Role.STAFF, by=olga, now=NOW)
    assert list(Invitation.objects.pending().values_list("email", flat=True)) == ["olga@elsewhere.example"]


def test_the_same_role_is_no_news(olga: User) -> None:
    change_role(olga.pk, Role.OWNER, by=olga, now=NOW)
    assert Activity.objects.count() == 0


@pytest.mark.parametrize("flags", [{"role": "owner"}, {"role": "staff", "is_superuser": True}])
def test_the_last_owner_stays_one(olga: User, flags: dict[str, object]) -> None:
    User.objects.filter(pk=olga.pk).update(**{"is_superuser": False} | flags)
    UserFactory.create(role="owner", is_active=False)
    with pytest.raises(LastOwner) as refusal:
        change_role(olga.pk, Role.STAFF, by=olga, now=NOW)
    assert str(refusal.value) == "Olga is the only owner of the practice. Make somebody else an owner first."
    assert Activity.objects.count() == 0


def test_a_superuser_counts_as_another_owner(olga: User) -> None:
    UserFactory.create(username="sue", role="", is_superuser=True)
    change_role(olga.pk, Role.STAFF, by=olga, now=NOW)
    assert roles()["olga"] == ("staff", False, False)


def test_a_superuser_who_loses_ownership_is_none_any_more(olga: User) -> None:
    sue = UserFactory.create(username="sue", role="owner", is_superuser=True, is_staff=True)
    change_role(sue.pk, Role.STAFF, by=olga, now=NOW)
    assert roles()["sue"] == ("staff", False, False)


def test_support_who_gets_a_role_may_still_look(olga: User) -> None:
    sue = UserFactory.create(username="sue", role="", is_staff=True)
    change_role(sue.pk, Role.FRONT_DESK, by=olga, now=NOW)
    assert roles()["sue"] == ("front_desk", False, True)


def test_who_lost_ownership_a_moment_ago_changes_nothing(olga: User) -> None:
    ben = UserFactory.create(username="ben", role="owner")
    change_role(ben.pk, Role.STAFF, by=olga, now=NOW)
    with pytest.raises(PermissionDenied):
        change_role(olga.pk, Role.STAFF, by=ben, now=NOW)
    assert roles() == {"olga": ("owner", False, False), "ben": ("staff", False, False)}

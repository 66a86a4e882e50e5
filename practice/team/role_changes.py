"""Changing the role of somebody, so that the practice always has an owner."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from practice.activity.role_notes import note_role
from practice.models import User
from practice.roles import Action, Role, require, role_of
from practice.team.invitations import revoke_all_by


class LastOwner(Exception):
    """The practice would have no owner; the text is a sentence that says what to do."""


def lock_owners() -> list[User]:
    """In a transaction: the owners, of whom nobody else can take one away before it ends.

    All are locked, always in the same order. Of two owners who demote each other the second waits for the first, and
    then sees that they own nothing any more. What refers to an owner can be written meanwhile.
    """
    return list(User.owners().select_for_update(no_key=True).order_by("pk"))


def require_another_owner(person: User, owners: list[User]) -> None:
    """Raise LastOwner if the person is the only one of the locked owners."""
    if [owner.pk for owner in owners] == [person.pk]:
        raise LastOwner(
            _("%(person)s is the only owner of the practice. Make somebody else an owner first.")
            % {"person": person.get_full_name() or person.get_username()}
        )


@transaction.atomic
def change_role(key: int, role: Role, *, by: User, now: datetime) -> User:
    """Give somebody another role, and write it down; the person as they are then.

    Who loses ownership also loses what superusers may do, because superusers are owners, and the invitations that they
    sent are revoked. Raises LastOwner, and PermissionDenied if `by` lost their own role meanwhile.
    """
    owners = lock_owners()
    require(User.objects.get(pk=by.pk), Action.MANAGE_TEAM)
    person = User.objects.select_for_update().get(pk=key)
    if role_of(person) is role:
        return person
    if role is not Role.OWNER:
        require_another_owner(person, owners)
        _take_superuser(person)
        revoke_all_by(person, now=now)
    person.role = role
    person.save(update_fields=["role", "is_superuser", "is_staff"])
    note_role(person, now, actor=by)
    return person


def _take_superuser(person: User) -> None:
    """Superusers may open the administration; who is none any more was let in for that alone."""
    if person.is_superuser:
        person.is_superuser = person.is_staff = False

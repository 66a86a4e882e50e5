"""Who may do what in a practice: the roles are groups, so that Django's own tools show them."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

from practice.models import User

OWNER = "Owner"
FRONT_DESK = "Front desk"


def is_owner(user: AbstractBaseUser | AnonymousUser) -> bool:
    """May this user see to the whole practice?"""
    return isinstance(user, User) and (user.is_superuser or _in(user, OWNER))


def is_front_desk(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Does this user handle bookings of all, seeing weeks as "Blocked" and touching no connection?"""
    return isinstance(user, User) and _in(user, FRONT_DESK)


def _in(user: User, group: str) -> bool:
    return user.groups.filter(name=group).exists()

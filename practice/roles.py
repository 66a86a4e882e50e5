"""Who may do what in a practice: one table."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from practice.models import User

Role = User.Role


class Action(StrEnum):
    """Something that not everybody who signs in may do."""

    WORK = "work"  # use the pages for staff at all
    MANAGE_OWN_CALENDAR = "manage_own_calendar"  # own connections and own hours
    MANAGE_PRACTICE = "manage_practice"  # what the practice says about itself


ALLOWED: Final[dict[Action, frozenset[Role]]] = {
    Action.WORK: frozenset({Role.OWNER, Role.STAFF, Role.FRONT_DESK}),
    Action.MANAGE_OWN_CALENDAR: frozenset({Role.OWNER, Role.STAFF}),
    Action.MANAGE_PRACTICE: frozenset({Role.OWNER}),
}


def role_of(user: User) -> Role:
    """The user's role; superusers count as owners."""
    return Role.OWNER if user.is_superuser else Role(user.role)


def may(user: User, action: Action) -> bool:
    """Is the user active, and does their role allow the action?"""
    return user.is_active and role_of(user) in ALLOWED[action]

"""Writing down who may do what from now on, whichever page changed it."""

from __future__ import annotations

from datetime import datetime

from practice.activity.journal import note
from practice.models import Activity, User
from practice.roles import role_of

DECIDING = frozenset({"role", "is_superuser", "is_staff", "is_active"})
"""The fields of a user that decide what they may do."""


def note_role(user: User, now: datetime, *, actor: User | None = None) -> None:
    """Write down what the user is from now on: their role, support, nothing, or deactivated."""
    note(Activity.Kind.ROLE_CHANGED, now, actor=actor, user=user, detail=role_word(user))


def role_word(user: User) -> str:
    """A word of ours for what somebody is."""
    if not user.is_active:
        return "deactivated"
    return role_of(user) or ("support" if user.is_staff else "no role")

"""What Django asks about permissions, answered by role: the administration of every model asks it."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.core.exceptions import PermissionDenied

from practice.models import User
from practice.roles import Role, role_of


class RoleBackend(AuthenticationBackend):  # type: ignore[misc] # the library has no types
    """Whoever may open the administration looks at every model; only owners may be granted more.

    It stands before other backends, because what it refuses no other one can grant. Superusers are never asked about:
    Django lets them do everything, and they are owners.
    """

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        if not isinstance(user_obj, User) or not _may_open(user_obj):
            return False
        if _is_look(perm):
            return True
        if role_of(user_obj) is not Role.OWNER:
            raise PermissionDenied
        return bool(super().has_perm(user_obj, perm, obj))

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return isinstance(user_obj, User) and _may_open(user_obj)


def _may_open(user: User) -> bool:
    return user.is_active and user.is_staff


def _is_look(perm: str) -> bool:
    return perm.partition(".")[2].startswith("view_")

"""Making the owner of a practice."""

from __future__ import annotations

from django.db import transaction

from practice.models import Practice, User
from practice.setup.token import is_first_run


class AlreadySetUp(Exception):
    """Somebody else was quicker: there is a user now."""


def save_owner(user: User) -> None:
    """Save a new user as somebody who may do everything."""
    user.role = User.Role.OWNER
    user.is_staff = user.is_superuser = True
    user.save()


@transaction.atomic
def set_up(user: User, practice: Practice) -> None:
    """Save the first user, as owner, and the practice. Raises AlreadySetUp if there is a user.

    Whoever comes second waits for the row of the practice, and then sees the user of the first.
    """
    Practice.objects.get_or_create(pk=Practice.current().pk)
    Practice.objects.select_for_update().get()
    if not is_first_run():
        raise AlreadySetUp
    practice.save(force_update=True)  # the row is there since a moment ago
    save_owner(user)

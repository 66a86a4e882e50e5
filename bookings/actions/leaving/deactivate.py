"""Deactivate somebody: from then on they cannot be booked, sign in or decide anything."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _
from django_q.tasks import async_task

from bookings.actions.checks.preconditions import Refused
from bookings.actions.leaving.names import named_events
from bookings.models import Claim, booking_lock
from practice.activity.journal import note
from practice.models import Activity, User
from practice.sign_in.sessions import end_sessions
from practice.team.invitations import revoke_all_by
from practice.team.role_changes import LastOwner, lock_owners, require_another_owner


def deactivate(user: User, *, now: datetime, actor: User | None = None, keep_names: bool = False) -> int:
    """Deactivate the user; how many events in their accounts are to lose the name of the client. Raises Refused.

    Nobody can book them from now on, and times that visitors keep with them are free again. Their sessions end. Links
    that were mailed to them lead nowhere, because each asks whether they are active. Invitations that they sent are
    revoked. Their bookings stand until somebody decides about them (`bookings_left`).
    """
    with booking_lock(user, now):
        if refusal := why_not_deactivated(user):
            raise Refused(refusal)
        User.objects.filter(pk=user.pk).update(is_active=False)
        user.is_active = False
        Claim.objects.filter(staff=user, kind=Claim.Kind.HOLD).delete()
        end_sessions(user)
        revoke_all_by(user, now=now)
        count = 0 if keep_names else _remove_names(user)
        note(Activity.Kind.DEACTIVATED, now, actor=actor, user=user)
        transaction.on_commit(partial(async_task, "bookings.tasks.settle_leaving", user.pk))
    return count


def why_not_deactivated(user: User) -> str:
    """Why the user cannot be deactivated, in a sentence; "" if they can. In a transaction."""
    owners = lock_owners()
    if not User.objects.filter(pk=user.pk, is_active=True).exists():
        return _("%(staff)s is deactivated already.") % {"staff": user.get_full_name() or user.get_username()}
    try:
        require_another_owner(user, owners)
    except LastOwner as error:
        return str(error)
    return ""


def _remove_names(user: User) -> int:
    named = named_events(user)
    count = named.wanted().exclude(etag="").count()
    named.erase()
    return count

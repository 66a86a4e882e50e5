"""The life of an invitation: it is sent, sent again, revoked or accepted."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django_q.tasks import async_task

from practice.activity.journal import note
from practice.models import Activity, Invitation, User
from practice.models.invitation import GOOD_FOR
from practice.profile.mailing import only_prints_mail
from practice.team.links import LinkWorth, read_link


class InvitationRefused(Exception):
    """It cannot be done; the text is a sentence that says why."""


class InvitationOver(Exception):
    """The invitation cannot be accepted any more."""


def invite(email: str, role: str, *, by: User | None, now: datetime) -> Invitation:
    """Invite the owner of a valid address to work here, `by` somebody or (None) from a shell.

    Who is invited already gets a new link, for this role; the former link dies. Raises InvitationRefused if somebody
    with this address works here.
    """
    if sentence := why_not_invited(email):
        raise InvitationRefused(sentence)
    try:
        with transaction.atomic():
            pending = Invitation.objects.pending().select_for_update().filter(email__iexact=email).first()
            return _send(pending or Invitation(email=email), role, by=by, now=now)
    except IntegrityError:
        raise InvitationRefused(_("Somebody else has just invited this address.")) from None


@transaction.atomic
def send_again(key: int, *, by: User, now: datetime) -> Invitation:
    """Send a new link, good for seven days; the former one dies. Raises InvitationRefused if it is over."""
    pending = Invitation.objects.pending().select_for_update().filter(pk=key).first()
    if pending is None:
        raise InvitationRefused(_("This invitation was accepted or revoked meanwhile."))
    return _send(pending, pending.role, by=by, now=now)


def revoke(key: int, *, now: datetime) -> None:
    """Let the link die. Raises InvitationRefused if it was accepted or revoked already."""
    if not Invitation.objects.pending().filter(pk=key).update(revoked_at=now):
        raise InvitationRefused(_("This invitation was accepted or revoked meanwhile."))


def revoke_all_by(person: User, *, now: datetime) -> None:
    """Let the links die that the person sent, who may invite nobody any more: one may lead to another account."""
    Invitation.objects.pending().filter(invited_by=person).update(revoked_at=now)


def accept(token: str, *, now: datetime) -> Invitation:
    """In a transaction that makes the user: the invitation of a link, accepted from now on.

    Raises InvitationOver if the link is not valid any more; of two at the same moment the second is told so.
    """
    asked = read_link(token, now).invitation
    if asked is not None:
        Invitation.objects.select_for_update().filter(pk=asked.pk).first()  # whoever comes second waits here
    link = read_link(token, now)
    if link.worth is not LinkWorth.VALID or link.invitation is None:
        raise InvitationOver
    link.invitation.accepted_at = now
    link.invitation.save(update_fields=["accepted_at"])
    return link.invitation


def why_not_invited(email: str) -> str:
    """Why nobody with this address can be invited, as a sentence; empty if they can."""
    known = User.objects.filter(email__iexact=email).first()
    if known is None:
        return ""
    if known.is_active:
        return _("There is already a user with this e-mail address.")
    return _("The user with this e-mail address was deactivated. Reactivate them instead.")


def _send(invitation: Invitation, role: str, *, by: User | None, now: datetime) -> Invitation:
    """Save the invitation with another link, and let the worker mail it where mail is more than printed."""
    invitation.role, invitation.invited_by = role, by
    invitation.invited_at, invitation.expires_at = now, now + GOOD_FOR
    invitation.generation += 1
    states = Invitation.MailState
    invitation.mail_state = states.BY_HAND if only_prints_mail() else states.DUE
    invitation.save()
    note(Activity.Kind.INVITED, now, actor=by, detail=role)
    if invitation.mail_state == states.DUE:
        transaction.on_commit(partial(async_task, "practice.team.mail.send_invitation", invitation.pk))
    return invitation

"""The links of invitations: signed, so that nobody who reads the database can make one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.conf import settings
from django.core import signing
from django.urls import reverse

from practice.models import Invitation, InvitationState

SALT: Final = "practice.team.invitation"


class LinkWorth(StrEnum):
    """What a link is worth."""

    VALID = "valid"
    ACCEPTED = "accepted"
    REVOKED = "revoked"
    REPLACED = "replaced"  # by the link of a later mail
    EXPIRED = "expired"
    UNKNOWN = "unknown"


_ENDED: Final = {
    InvitationState.ACCEPTED: LinkWorth.ACCEPTED,
    InvitationState.REVOKED: LinkWorth.REVOKED,
    InvitationState.EXPIRED: LinkWorth.EXPIRED,
}


@dataclass(frozen=True, slots=True)
class InvitationLink:
    """What a link leads to; no invitation if the link is unknown, or its row was deleted since."""

    worth: LinkWorth
    invitation: Invitation | None = None


def invitation_address(invitation: Invitation) -> str:
    """The address at which somebody accepts the invitation."""
    token = signing.dumps([invitation.pk, invitation.generation], salt=SALT)
    return f"{settings.BASE_URL}{reverse('team:invitation', args=[token])}"


def read_link(token: str, now: datetime) -> InvitationLink:
    """What the link with this token is worth at `now`."""
    named = _named(token)
    if named is None:
        return InvitationLink(LinkWorth.UNKNOWN)
    key, generation = named
    invitation = Invitation.objects.select_related("invited_by").filter(pk=key).first()
    if invitation is None:
        return InvitationLink(LinkWorth.EXPIRED)
    return InvitationLink(_worth(invitation, generation, now), invitation)


def _named(token: str) -> tuple[int, int] | None:
    """The key and the generation that a token names; None for one that we did not sign."""
    try:
        key, generation = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return key, generation


def _worth(invitation: Invitation, generation: int, now: datetime) -> LinkWorth:
    state = invitation.state(now)
    if state in (InvitationState.ACCEPTED, InvitationState.REVOKED):
        return _ENDED[state]
    if generation != invitation.generation:
        return LinkWorth.REPLACED
    return _ENDED.get(state, LinkWorth.VALID)

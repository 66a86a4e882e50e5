"""Somebody who was asked to work here and has no account yet."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from practice.models.user import User

GOOD_FOR = timedelta(days=7)
KEPT_AFTERWARDS = timedelta(days=30)


class InvitationState(StrEnum):
    """What has become of an invitation."""

    OPEN = "open"
    EXPIRED = "expired"
    ACCEPTED = "accepted"
    REVOKED = "revoked"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def pending(self) -> InvitationQuerySet:
        """Those that were neither accepted nor revoked; they may have expired."""
        return self.filter(accepted_at=None, revoked_at=None)

    def prune(self, now: datetime) -> int:
        """Delete what was accepted, was revoked or expired 30 days ago; how many rows that were."""
        limit = now - KEPT_AFTERWARDS
        over = Q(accepted_at__lte=limit) | Q(revoked_at__lte=limit) | Q(expires_at__lte=limit)
        return self.filter(over).delete()[0]


class Invitation(models.Model):
    """An e-mail address whose owner was asked to work here, and as what.

    The link is signed and not stored. It names `generation`, which grows whenever a new link is sent, so that the
    former one dies.
    """

    class MailState(models.TextChoices):
        DUE = "due", _("waits to be sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("could not be sent")
        BY_HAND = "by_hand", _("is not mailed")

    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=16, choices=User.Role)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    invited_at = models.DateTimeField(_("invited"))
    expires_at = models.DateTimeField(_("expires"))
    generation = models.PositiveIntegerField(default=0, editable=False)
    mail_state = models.CharField(_("e-mail is"), max_length=8, choices=MailState, default=MailState.DUE)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ("email", "pk")
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = (
            models.UniqueConstraint(
                Lower("email"), condition=Q(accepted_at=None, revoked_at=None), name="invitation_pending_once"
            ),
        )

    def __str__(self) -> str:
        return self.get_role_display()

    def state(self, now: datetime) -> InvitationState:
        """What has become of it."""
        if self.accepted_at:
            return InvitationState.ACCEPTED
        if self.revoked_at:
            return InvitationState.REVOKED
        return InvitationState.OPEN if now < self.expires_at else InvitationState.EXPIRED

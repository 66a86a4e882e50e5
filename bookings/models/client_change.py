"""What was changed about a client, by whom, and who knows of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from bookings.models.client import Client
from practice.models import User

NEWS_FOR = timedelta(days=30)


class ClientChangeQuerySet(models.QuerySet["ClientChange"]):
    def news_for(self, user: User, now: datetime) -> ClientChangeQuerySet:
        """Changes of the last weeks that others made and the user has not seen."""
        return self.filter(at__gt=now - NEWS_FOR).exclude(actor=user).exclude(seen_by=user)


class ClientChange(models.Model):
    """One change of a client's contact data. `before` and `after` map the fields concerned to their values.

    MERGED: `before` is who another row said the client was. NOT_TAKEN: `after` was typed for a booking, and the client
    keeps what they had, which is `before`. `mail_due_at`: the address in `before` still has to be told, and
    `mail_claimed_until` says until when a worker has taken that.
    """

    class Kind(models.TextChoices):
        CHANGED = "changed", _("Changed")
        MERGED = "merged", _("Merged")
        NOT_TAKEN = "not_taken", _("Typed for a booking, not taken over")

    client = models.ForeignKey(Client, models.CASCADE, related_name="changes", verbose_name=_("client"))
    at = models.DateTimeField(_("at"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("actor")
    )
    kind = models.CharField(_("what"), max_length=12, choices=Kind)
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)
    seen_by = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True, verbose_name=_("seen by"))
    mail_due_at = models.DateTimeField(_("mail due at"), null=True, blank=True, editable=False, db_index=True)
    mail_claimed_until = models.DateTimeField(_("mail claimed until"), null=True, blank=True, editable=False)
    mailed_at = models.DateTimeField(_("former address was told at"), null=True, blank=True)

    objects = ClientChangeQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-id")
        verbose_name = _("change of a client")
        verbose_name_plural = _("changes of clients")

    def __str__(self) -> str:
        return self.get_kind_display()

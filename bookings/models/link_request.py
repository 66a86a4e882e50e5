"""Somebody asks for the links of their appointments by e-mail."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from bookings.links import new_message_id
from connections import leases

CLAIM_COLUMN = "claimed_until"


class LinkRequestQuerySet(models.QuerySet["LinkRequest"]):
    def due(self, now: datetime) -> LinkRequestQuerySet:
        """Those that are not answered, and nobody is answering."""
        return self.filter(leases.free(now, CLAIM_COLUMN), done_at=None)


class LinkRequest(models.Model):
    """Somebody typed an e-mail address to be mailed the links of its appointments; a worker answers.

    The row is written alike whether or not the address is known. `email` is emptied when it is answered. The keys are
    keyed hashes, by which limits count. `claimed_until` says until when a worker has taken it.
    """

    email = models.EmailField(_("e-mail"), blank=True)
    recipient_key = models.CharField(_("recipient key"), max_length=64, db_index=True)
    address_key = models.CharField(_("address key"), max_length=64, blank=True, db_index=True)
    message_id = models.CharField(_("message id"), max_length=320, default=new_message_id, editable=False)
    created_at = models.DateTimeField(_("created"), db_index=True)
    claimed_until = models.DateTimeField(_("claimed until"), null=True, blank=True, editable=False)
    done_at = models.DateTimeField(_("answered"), null=True, blank=True)
    is_mailed = models.BooleanField(_("mailed"), default=False)

    objects = LinkRequestQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        verbose_name = _("request for links")
        verbose_name_plural = _("requests for links")

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M}"

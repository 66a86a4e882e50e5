"""One account of a staff member at a calendar provider."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from connections.fields import PasswordField


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def due(self, now: datetime) -> ConnectionQuerySet:
        """Those whose next sync has come, that need nobody, may be asked and that nobody is syncing."""
        return self.filter(next_sync_at__lte=now, needs_attention=False).askable(now).free(now)

    def askable(self, now: datetime) -> ConnectionQuerySet:
        """Those whose server has not asked to wait longer than until `now`."""
        return self.filter(Q(not_before=None) | Q(not_before__lte=now))

    def free(self, now: datetime) -> ConnectionQuerySet:
        return self.filter(Q(lease_until=None) | Q(lease_until__lte=now))


class Connection(models.Model):
    """One staff member's account at a calendar provider."""

    class Provider(models.TextChoices):
        ICLOUD = "icloud", "iCloud"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="connections", verbose_name=_("staff member")
    )
    provider = models.CharField(_("provider"), max_length=16, choices=Provider, default=Provider.ICLOUD)
    url = models.URLField(_("start address"), max_length=300)
    username = models.CharField(_("Apple ID"), max_length=254)
    password = PasswordField(editable=False)
    principal_path = models.CharField(max_length=500, blank=True, editable=False)
    home_path = models.CharField(max_length=500, blank=True, editable=False)
    origin = models.CharField(_("host that answered"), max_length=300, blank=True, editable=False)
    addresses = models.JSONField(default=list, editable=False)
    created_at = models.DateTimeField(_("connected"), auto_now_add=True)

    needs_attention = models.BooleanField(_("needs a person"), default=False)
    error_code = models.CharField(_("error"), max_length=40, blank=True)
    error_params = models.JSONField(default=dict, blank=True)
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    notified_error_code = models.CharField(_("error that was told by mail"), max_length=40, blank=True, editable=False)

    next_sync_at = models.DateTimeField(_("next sync"), null=True, blank=True, db_index=True)
    not_before = models.DateTimeField(_("asked to wait until"), null=True, blank=True)
    poll_started_at = models.DateTimeField(_("last poll started"), null=True, blank=True)
    polled_at = models.DateTimeField(_("last good poll"), null=True, blank=True)
    polls = models.PositiveBigIntegerField(_("polls"), default=0)
    requests = models.PositiveBigIntegerField(_("requests"), default=0)
    lease_token = models.CharField(max_length=32, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ConnectionQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        verbose_name = _("connection")
        verbose_name_plural = _("connections")
        constraints = (models.UniqueConstraint(fields=("user", "url", "username"), name="one_connection_per_account"),)

    def __str__(self) -> str:
        return f"{self.get_provider_display()} · {self.username}"

    @property
    def healthy(self) -> bool:
        return not self.error_code


def new_lease_token() -> str:
    """A token that nobody else holds."""
    return uuid.uuid4().hex


def lease_length() -> timedelta:
    return timedelta(seconds=settings.LEASE_SECONDS)

"""That this copy was restored from a backup, and what was decided since."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from practice.time_format import day_clock_and_zone


class RestoreQuerySet(models.QuerySet["Restore"]):
    def waiting(self) -> RestoreQuerySet:
        """Those that nobody has finished yet; at most one."""
        return self.filter(finished_at=None)


class Restore(models.Model):
    """One restore. Until it is finished, nothing leaves this copy: no push, and no mail to clients or about bookings.

    `made_at` is when the backup was made. `unread_connections` has the keys of accounts without which somebody went on.
    `decisions` says by the kind of message whether those from before the restore are sent or dropped.
    `differences` is what the audit found, without names. `not_bookings` has the UIDs of later events that are none.
    """

    made_at = models.DateTimeField(_("backup made"))
    restored_at = models.DateTimeField(_("restored"))
    audited_at = models.DateTimeField(_("audited"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    unread_connections = models.JSONField(default=list, blank=True, editable=False)
    decisions = models.JSONField(default=dict, blank=True, editable=False)
    differences = models.JSONField(default=list, blank=True, editable=False)
    not_bookings = models.JSONField(default=list, blank=True, editable=False)

    objects = RestoreQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        verbose_name = _("restore")
        verbose_name_plural = _("restores")

    def __str__(self) -> str:
        return day_clock_and_zone(self.restored_at)

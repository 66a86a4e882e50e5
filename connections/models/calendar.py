"""One remote calendar: what the staff member chose for it, and how far it was read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict, cast

from django.db import models
from django.db.models import Case, Count, OuterRef, Subquery, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from connections.models.connection import Connection
from connections.models.event import Event
from connections.problems import Problem
from connections.providers import ICS


class CalendarQuerySet(models.QuerySet["Calendar"]):
    def conflict_calendars(self) -> CalendarQuerySet:
        """Those whose events block: the conflict calendars, the linked one among them."""
        return self.filter(is_conflict_calendar=True)

    def two_way(self) -> CalendarQuerySet:
        """Those in which an event of ours can stand: not the files at web addresses, which can only be read."""
        return self.exclude(connection__provider=ICS)

    def present(self) -> CalendarQuerySet:
        return self.filter(gone_at=None)

    def of(self, user: Any) -> CalendarQuerySet:
        return self.filter(connection__user=user)

    def with_backlog(self) -> models.QuerySet[CalendarWithBacklog]:
        """Each with its `backlog`: how many of its events are listed but not read yet, None for none."""
        pending = Event.objects.pending().filter(calendar=OuterRef("pk")).order_by().values("calendar")
        rows = self.annotate(backlog=Subquery(pending.annotate(number=Count("pk")).values("number")))
        return cast("models.QuerySet[CalendarWithBacklog]", rows)

    def with_progress(self) -> models.QuerySet[CalendarWithProgress]:
        """Each with `events_so_far`: how many of its `listed_events` its first reading has stored; None after that."""
        events = Event.objects.filter(calendar=OuterRef("pk")).order_by().values("calendar")
        stored = Coalesce(Subquery(events.annotate(number=Count("pk")).values("number")), 0)
        first = When(read_at=None, is_conflict_calendar=True, listed_events__isnull=False, then=stored)
        rows = self.annotate(events_so_far=Case(first, output_field=models.IntegerField(null=True)))
        return cast("models.QuerySet[CalendarWithProgress]", rows)


class Calendar(models.Model):
    """One remote calendar, with what the staff member chose for it and how far it was read."""

    class AllDay(models.TextChoices):
        AS_MARKED = "as_marked", _("As marked on the event")
        ALWAYS = "always", _("All-day events always block")
        NEVER = "never", _("All-day events never block")

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="calendars", verbose_name=_("connection"))
    path = models.CharField(_("path"), max_length=500)
    name = models.CharField(_("name"), max_length=300, blank=True)
    color = models.CharField(_("colour"), max_length=9, blank=True)
    writable = models.BooleanField(_("writer’s access"), default=False)
    shared = models.BooleanField(_("shared"), default=False)
    position = models.PositiveIntegerField(default=0, editable=False)

    is_conflict_calendar = models.BooleanField(_("conflict calendar"), default=False)
    asked_about = models.BooleanField(_("decided about"), default=False)
    all_day_rule = models.CharField(_("all-day events"), max_length=10, choices=AllDay, default=AllDay.AS_MARKED)
    invitations_block = models.BooleanField(_("unanswered and tentative invitations block"), default=True)
    times_only = models.BooleanField(_("keep times only"), default=False)

    # What the home listing said last, and what it had said when the events were last applied: compared with each
    # other only. The token for sync-collection comes from reports.
    listed_token = models.CharField(max_length=500, blank=True, editable=False)
    probe_token = models.CharField(max_length=500, blank=True, editable=False)
    sync_token = models.CharField(max_length=500, blank=True, editable=False)
    listed_events = models.PositiveIntegerField(null=True, blank=True, editable=False)  # when it was first read
    fresh_at = models.DateTimeField(_("last checked"), null=True, blank=True)
    read_at = models.DateTimeField(_("last read completely"), null=True, blank=True)
    compared_at = models.DateTimeField(_("last compared in full"), null=True, blank=True)
    mass_deletion_suspected_at = models.DateTimeField(_("mass deletion suspected since"), null=True, blank=True)
    suspected_deletion_digest = models.CharField(max_length=64, blank=True, editable=False)
    gone_at = models.DateTimeField(_("gone since"), null=True, blank=True)
    error_code = models.CharField(_("error"), max_length=40, blank=True)
    error_params = models.JSONField(default=dict, blank=True)

    objects = CalendarQuerySet.as_manager()

    class Meta:
        ordering = ("connection_id", "position", "id")
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")
        constraints = (models.UniqueConstraint(fields=("connection", "path"), name="one_row_per_calendar"),)

    def __str__(self) -> str:
        return self.name or self.path

    @property
    def sentence(self) -> str:
        """What is wrong with it and what to do; "" for nothing."""
        return self.connection.about(Problem(self.error_code, self.error_params)).sentence


class Backlog(TypedDict):
    """What `with_backlog` queries along with a calendar."""

    backlog: int | None


class Progress(TypedDict):
    """What `with_progress` queries along with a calendar."""

    events_so_far: int | None


if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    CalendarWithBacklog: TypeAlias = WithAnnotations[Calendar, Backlog]
    CalendarWithProgress: TypeAlias = WithAnnotations[Calendar, Progress]
else:
    CalendarWithBacklog = CalendarWithProgress = Calendar

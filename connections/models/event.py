"""Remote events as fetched, and their dated occurrences."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from connections.problems import Problem
from practice.time_format import day_clock_and_zone


class EventQuerySet(models.QuerySet["Event"]):
    def pending(self) -> EventQuerySet:
        """Listed, but not read yet."""
        return self.exclude(pending_etag="")

    def pending_for(self, connection: int) -> EventQuerySet:
        """Those pending in the conflict calendars of one connection."""
        return self.pending().filter(calendar__connection=connection, calendar__is_conflict_calendar=True)

    def troubled(self) -> EventQuerySet:
        """Not understood, or only in part."""
        return self.exclude(problem="")


class Event(models.Model):
    """One remote resource as fetched. Of a foreign event only what decides time and blocking is kept.

    `own_mark` tells that some copy of Kalends wrote it (connections.ical.reducing), though this one may not know it.
    """

    calendar = models.ForeignKey("Calendar", models.CASCADE, related_name="events", verbose_name=_("calendar"))
    href = models.CharField(_("href"), max_length=700)
    etag = models.CharField(_("ETag"), max_length=300, blank=True)
    uid = models.CharField("UID", max_length=700, blank=True, db_index=True)
    summary = models.TextField(blank=True)
    text = models.BinaryField(default=bytes, editable=False)
    whole = models.BooleanField(_("kept whole"), default=False)
    recurring = models.BooleanField(_("repeats"), default=False)
    endless = models.BooleanField(_("goes on past the window"), default=False)
    problem = models.CharField(_("problem"), max_length=40, blank=True)
    own_mark = models.CharField(max_length=200, blank=True, editable=False)

    pending_etag = models.CharField(_("listed ETag, not read yet"), max_length=300, blank=True)
    pending_since = models.DateTimeField(_("pending since"), null=True, blank=True)
    pending_attempts = models.PositiveIntegerField(_("attempts to read it"), default=0)
    pending_next_at = models.DateTimeField(_("next attempt"), null=True, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = (models.UniqueConstraint(fields=("calendar", "href"), name="one_row_per_resource"),)
        indexes = (
            models.Index(fields=("calendar", "pending_next_at"), condition=~Q(pending_etag=""), name="pending_events"),
            models.Index(fields=("calendar",), condition=~Q(problem=""), name="troubled_events"),
        )

    def __str__(self) -> str:
        return self.href

    @property
    def sentence(self) -> str:
        """What is wrong with it and what to do, its calendar and connection loaded; "" for nothing."""
        return self.calendar.connection.about(Problem(self.problem)).sentence


class Occurrence(models.Model):
    """One dated instance of an event: [start, end) in UTC with travel time, and whether it blocks and why."""

    class Reason(models.TextChoices):
        CANCELLED = "cancelled", _("Cancelled")
        DECLINED = "declined", _("You declined the invitation")
        ALL_DAY_RULE = "all_day_rule", _("Your rule for all-day events of this calendar")
        FREE = "free", _("Marked Free")
        INVITATION_RULE = "invitation_rule", _("Your rule for unanswered or tentative invitations")
        BUSY = "busy", _("Marked Busy")
        UNREADABLE = "unreadable", _("Could not be read, so it blocks to be safe")

    event = models.ForeignKey(Event, models.CASCADE, related_name="occurrences", verbose_name=_("event"))
    calendar = models.ForeignKey("Calendar", models.CASCADE, related_name="occurrences", verbose_name=_("calendar"))
    start = models.DateTimeField(_("start"))
    end = models.DateTimeField(_("end"))
    blocks = models.BooleanField(_("blocks"))
    reason = models.CharField(_("reason"), max_length=16, choices=Reason)
    all_day = models.BooleanField(_("all-day"), default=False)
    free_marked = models.BooleanField(_("marked free"), default=False)
    summary = models.TextField(blank=True)
    recurrence_id = models.CharField(_("recurrence ID"), max_length=40, blank=True)

    class Meta:
        ordering = ("start", "id")
        verbose_name = _("occurrence")
        verbose_name_plural = _("occurrences")
        constraints = (models.CheckConstraint(condition=Q(end__gte=F("start")), name="occurrence_ends_after_start"),)
        indexes = (models.Index(fields=("calendar", "end", "start"), name="occurrences_by_time"),)

    def __str__(self) -> str:
        return f"{day_clock_and_zone(self.start)} – {day_clock_and_zone(self.end)}"

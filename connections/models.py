"""What Kalends knows of a calendar provider.

CONNECTION: one account of a staff member. CALENDAR: one remote calendar of it. EVENT: one remote resource, named by its
HREF (a path, never a host) and its ETAG, holding one UID with its overrides. OCCURRENCE: one dated instance of an event
inside the window. TOKEN: where a calendar stood when it was last read. OWED: a listed event that could not be read yet.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from connections.instants import spoken
from connections.passwords import PasswordField
from connections.zones import validate_zone


def default_stale_policy() -> str:
    """The deployment's choice for a staff member who has made none."""
    return str(settings.STALE_POLICY)


class CalendarConfigurationQuerySet(models.QuerySet["CalendarConfiguration"]):
    def want_reconciling(self) -> int:
        """Say that bookings must be held against the calendars again, in the transaction of what made that so."""
        return self.update(reconcile_due=True, reconcile_asked=F("reconcile_asked") + 1)


class CalendarConfiguration(models.Model):
    """What one staff member decided about calendars; made together with the user."""

    class StalePolicy(models.TextChoices):
        PENDING = "pending", _("Take bookings as pending until the calendar can be read")
        NO_OPENINGS = "no_openings", _("Offer no times")
        TRUST = "trust", _("Keep trusting the last good copy")

    class Detail(models.TextChoices):
        FULL = "full", _("Client, service and contact")
        NAME = "name", _("Client’s name")
        BUSY = "busy", _("Only “Busy”")

    class WhenMoved(models.TextChoices):
        FOLLOW = "follow", _("The booking follows, if the new time is free")
        ASK = "ask", _("Ask me first")
        PUT_BACK = "put_back", _("Put it back")

    class WhenDeleted(models.TextChoices):
        ASK = "ask", _("Ask me first")
        CANCEL = "cancel", _("Cancel the booking at once and tell the client")
        PUT_BACK = "put_back", _("Put it back at once")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="calendar_configuration",
        verbose_name=_("staff member"),
    )
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_zone])
    linked_calendar = models.ForeignKey(
        "Calendar",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="linked_by",
        verbose_name=_("linked calendar"),
    )
    saved_at = models.DateTimeField(_("calendars chosen"), null=True, blank=True, editable=False)
    stale_policy = models.CharField(
        _("while calendars cannot be read"), max_length=16, choices=StalePolicy, default=default_stale_policy
    )
    detail = models.CharField(_("what the linked calendar shows"), max_length=8, choices=Detail, default=Detail.NAME)
    title_template = models.CharField(_("title on the calendar"), max_length=120, blank=True)
    alarm_minutes = models.PositiveSmallIntegerField(_("alarm, minutes before"), null=True, blank=True)
    when_moved = models.CharField(
        _("when you move a booking on the iPhone"), max_length=10, choices=WhenMoved, default=WhenMoved.FOLLOW
    )
    when_deleted = models.CharField(
        _("when you delete a booking on the iPhone"), max_length=10, choices=WhenDeleted, default=WhenDeleted.ASK
    )
    mirror_blocked_slots = models.BooleanField(_("write my blocked slots to the linked calendar"), default=False)
    reconcile_due = models.BooleanField(default=False, editable=False)
    reconcile_asked = models.PositiveBigIntegerField(default=0, editable=False)  # how often, so that none is missed

    objects = CalendarConfigurationQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar configuration")
        verbose_name_plural = _("calendar configurations")

    def __str__(self) -> str:
        return str(self.user)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def mirrors(self) -> bool:
        """Is what the staff member blocks by hand shown on the iPhone?"""
        return self.mirror_blocked_slots and self.linked_calendar_id is not None


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def due(self, now: datetime) -> ConnectionQuerySet:
        """Those whose next sync has come, that need nobody, may be asked and that nobody is syncing."""
        return self.filter(next_sync_at__lte=now, needs_person=False).askable(now).free(now)

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

    needs_person = models.BooleanField(_("needs a person"), default=False)
    error_code = models.CharField(_("error"), max_length=40, blank=True)
    error_params = models.JSONField(default=dict, blank=True)
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    told_code = models.CharField(_("error that was told by mail"), max_length=40, blank=True, editable=False)

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


class CalendarQuerySet(models.QuerySet["Calendar"]):
    def selected(self) -> CalendarQuerySet:
        """Those whose events block: the conflict calendars, the linked one among them."""
        return self.filter(conflict=True)

    def present(self) -> CalendarQuerySet:
        return self.filter(gone_at=None)

    def of(self, user: Any) -> CalendarQuerySet:
        return self.filter(connection__user=user)

    def with_owed(self) -> CalendarQuerySet:
        """Each with `owed`: how many of its events are listed but not read yet, None for none."""
        owed = Event.objects.owed().filter(calendar=OuterRef("pk")).order_by().values("calendar")
        return self.annotate(owed=Subquery(owed.annotate(number=Count("pk")).values("number")))


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

    conflict = models.BooleanField(_("blocks"), default=False)
    asked_about = models.BooleanField(_("decided upon"), default=False)
    all_day_rule = models.CharField(_("all-day events"), max_length=10, choices=AllDay, default=AllDay.AS_MARKED)
    invitations_block = models.BooleanField(_("unanswered and tentative invitations block"), default=True)
    times_only = models.BooleanField(_("keep times only"), default=False)

    # What the home listing said last, and what it had said when the events were last applied: compared with each
    # other only. The token for sync-collection comes from reports.
    listed_token = models.CharField(max_length=500, blank=True, editable=False)
    probe_token = models.CharField(max_length=500, blank=True, editable=False)
    sync_token = models.CharField(max_length=500, blank=True, editable=False)
    fresh_at = models.DateTimeField(_("known up to"), null=True, blank=True)
    read_at = models.DateTimeField(_("last read completely"), null=True, blank=True)
    compared_at = models.DateTimeField(_("last compared in full"), null=True, blank=True)
    doubted_at = models.DateTimeField(_("emptiness doubted since"), null=True, blank=True)
    doubted_digest = models.CharField(max_length=64, blank=True, editable=False)
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


class EventQuerySet(models.QuerySet["Event"]):
    def owed(self) -> EventQuerySet:
        """Listed, but not read yet."""
        return self.exclude(owed_etag="")

    def troubled(self) -> EventQuerySet:
        """Not understood, or only in part."""
        return self.exclude(problem="")


class Event(models.Model):
    """One remote resource as fetched. Of a foreign event only what decides time and blocking is kept."""

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="events", verbose_name=_("calendar"))
    href = models.CharField(_("href"), max_length=700)
    etag = models.CharField(_("ETag"), max_length=300, blank=True)
    uid = models.CharField("UID", max_length=700, blank=True, db_index=True)
    summary = models.TextField(blank=True)
    text = models.BinaryField(default=bytes, editable=False)
    whole = models.BooleanField(_("kept whole"), default=False)
    recurring = models.BooleanField(default=False)
    endless = models.BooleanField(_("goes on past the window"), default=False)
    problem = models.CharField(_("problem"), max_length=40, blank=True)

    owed_etag = models.CharField(_("listed ETag, not read yet"), max_length=300, blank=True)
    owed_since = models.DateTimeField(_("owed since"), null=True, blank=True)
    owed_attempts = models.PositiveIntegerField(default=0)
    owed_next_at = models.DateTimeField(null=True, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = (models.UniqueConstraint(fields=("calendar", "href"), name="one_row_per_resource"),)
        indexes = (
            models.Index(fields=("calendar", "owed_next_at"), condition=~Q(owed_etag=""), name="owed_events"),
            models.Index(fields=("calendar",), condition=~Q(problem=""), name="troubled_events"),
        )

    def __str__(self) -> str:
        return self.href


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

    event = models.ForeignKey(Event, models.CASCADE, related_name="occurrences")
    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="occurrences", verbose_name=_("calendar"))
    start = models.DateTimeField(_("start"))
    end = models.DateTimeField(_("end"))
    blocks = models.BooleanField(_("blocks"))
    reason = models.CharField(_("reason"), max_length=16, choices=Reason)
    all_day = models.BooleanField(_("all-day"), default=False)
    free_marked = models.BooleanField(default=False)
    summary = models.TextField(blank=True)
    recurrence_id = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ("start", "id")
        verbose_name = _("occurrence")
        verbose_name_plural = _("occurrences")
        constraints = (models.CheckConstraint(condition=Q(end__gte=F("start")), name="occurrence_ends_after_start"),)
        indexes = (models.Index(fields=("calendar", "end", "start"), name="occurrences_by_time"),)

    def __str__(self) -> str:
        return f"{spoken(self.start)} – {spoken(self.end)}"


class SyncRun(models.Model):
    """History: a sync that changed something, failed, or was asked for by a person."""

    class Trigger(models.TextChoices):
        SCHEDULE = "schedule", _("Schedule")
        PERSON = "person", _("Asked for")
        BOOKING = "booking", _("Before a booking")

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="runs", verbose_name=_("connection"))
    trigger = models.CharField(_("trigger"), max_length=10, choices=Trigger)
    started_at = models.DateTimeField(_("started"))
    seconds = models.FloatField(_("seconds"), default=0)
    requests = models.PositiveIntegerField(_("requests"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    removed = models.PositiveIntegerField(_("removed"), default=0)
    problems = models.PositiveIntegerField(_("problems"), default=0)
    error_code = models.CharField(_("error"), max_length=40, blank=True)
    error_params = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("-started_at", "-id")
        verbose_name = _("sync")
        verbose_name_plural = _("history")
        indexes = (models.Index(fields=("connection", "-started_at"), name="history_of_connection"),)

    def __str__(self) -> str:
        return spoken(self.started_at)


def new_lease_token() -> str:
    """A token that nobody else holds."""
    return uuid.uuid4().hex


def lease_length() -> timedelta:
    return timedelta(seconds=settings.LEASE_SECONDS)

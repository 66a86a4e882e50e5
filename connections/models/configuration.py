"""What one staff member decided about calendars."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from practice.models import CalendarDetail, Limited, Practice, User
from practice.zones import validate_zone


def default_stale_policy() -> str:
    """The deployment's choice for a staff member who has made none."""
    return str(settings.STALE_POLICY)


def default_time_zone() -> str:
    """The practice's zone for a staff member who has chosen none."""
    return Practice.current().time_zone


class CalendarConfigurationQuerySet(models.QuerySet["CalendarConfiguration"]):
    def want_reconciling(self) -> int:
        """Say that bookings must be compared with the calendars again, in the transaction of what made that so."""
        return self.update(reconcile_due=True, reconcile_asked=F("reconcile_asked") + 1)


class CalendarConfiguration(Limited):
    """What one staff member decided about calendars; made together with the user."""

    class StalePolicy(models.TextChoices):
        PENDING = "pending", _("Take bookings as pending until the calendar can be read")
        NO_OPENINGS = "no_openings", _("Offer no times")
        TRUST = "trust", _("Keep trusting the last good copy")

    Detail = CalendarDetail

    class WhenMoved(models.TextChoices):
        SAME_DAY = "same_day", _("The booking follows on the same day; ask me about other days and the next 24 hours")
        FOLLOW = "follow", _("The booking always follows, if the new time is free")
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
    time_zone = models.CharField(_("time zone"), max_length=64, default=default_time_zone, validators=[validate_zone])
    linked_calendar = models.ForeignKey(
        "Calendar",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="linked_by",
        verbose_name=_("linked calendar"),
    )
    saved_at = models.DateTimeField(_("calendars chosen"), null=True, blank=True, editable=False)
    must_connect = models.BooleanField(default=False, editable=False)
    """Were their accounts disconnected for them? Then nothing can be booked before calendars are chosen again."""
    stale_policy = models.CharField(
        _("while calendars cannot be read"), max_length=16, choices=StalePolicy, default=default_stale_policy
    )
    detail = models.CharField(
        _("what the linked calendar shows"), max_length=8, choices=CalendarDetail, default=CalendarDetail.NAME
    )
    title_template = models.CharField(_("title on the calendar"), max_length=120, blank=True)
    alarm_minutes = models.PositiveSmallIntegerField(_("alarm, minutes before"), null=True, blank=True)
    when_moved = models.CharField(
        _("when you move a booking on the iPhone"), max_length=10, choices=WhenMoved, default=WhenMoved.SAME_DAY
    )
    when_deleted = models.CharField(
        _("when you delete a booking on the iPhone"), max_length=10, choices=WhenDeleted, default=WhenDeleted.ASK
    )
    mirror_blocked_slots = models.BooleanField(_("write my blocked slots to the linked calendar"), default=False)
    shown_to_colleagues = models.BooleanField(
        _("colleagues may see my week"),
        default=False,
        help_text=_("They see when you have no time, as “Blocked”: no clients, no titles, no events of yours."),
    )
    reconcile_due = models.BooleanField(_("comparison with the calendar is due"), default=False, editable=False)
    reconcile_asked = models.PositiveBigIntegerField(default=0, editable=False)  # how often, so that none is missed

    objects = CalendarConfigurationQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar configuration")
        verbose_name_plural = _("calendar configurations")

    def __str__(self) -> str:
        return str(self.user)

    @classmethod
    def of(cls, user: User) -> CalendarConfiguration:
        """The user's configuration; unsaved defaults for somebody who has none. Creates no row."""
        if stored := cls.objects.filter(user=user).first():
            stored.user = user  # both know each other, so that neither is asked for again
            return stored
        return cls(user=user)

    @classmethod
    def zones(cls, users: Collection[int]) -> dict[int, ZoneInfo]:
        """The zones by key of the user, that of the defaults for those who have no configuration. Two queries."""
        known = dict(cls.objects.filter(user__in=users).values_list("user", "time_zone"))
        default = cls().zone
        return {user: ZoneInfo(known[user]) if user in known else default for user in users}

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def mirrors(self) -> bool:
        """Is what the staff member blocks by hand shown on the iPhone?"""
        return self.mirror_blocked_slots and self.linked_calendar_id is not None


@contextmanager
def schedule_lock(users: User | Collection[User] | QuerySet[Any]) -> Iterator[None]:
    """One transaction in which nobody else books these staff members, changes their hours or chooses their calendars.

    `users` is one of them, several, or a queryset that selects several. PostgreSQL locks their configurations, always
    in the same order, so that two of several never wait for each other; on SQLite every transaction takes the only
    write lock as it begins. Who has no configuration yet gets one first: without a row there would be no lock.
    """
    several = [users] if isinstance(users, User) else users
    _make_missing(several)
    with transaction.atomic():
        rows = CalendarConfiguration.objects.select_for_update().filter(user__in=several)
        list(rows.order_by("pk").values_list("pk"))
        yield


def _make_missing(users: Collection[User] | QuerySet[Any]) -> None:
    """Make the configurations that are missing; whoever makes the same one at the same moment makes it once."""
    keys = users if isinstance(users, QuerySet) else [user.pk for user in users]
    without = User.objects.filter(pk__in=keys, calendar_configuration=None).order_by("pk")
    missing = [CalendarConfiguration(user=user) for user in without]
    if missing:
        CalendarConfiguration.objects.bulk_create(missing, ignore_conflicts=True)

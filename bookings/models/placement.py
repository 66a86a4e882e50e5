"""Where an event of ours should stand, and how far that calendar has it: the columns that the outbox works on."""

from __future__ import annotations

import uuid
from abc import abstractmethod

from django.db import models
from django.utils.translation import gettext_lazy as _

from availability.intervals import Span
from connections.problems import Problem


def new_uid() -> str:
    """A UID as Apple devices write them; also the name of the resource."""
    return str(uuid.uuid4()).upper()


class Placement(models.Model):
    """One placement of a piece of time in a calendar: what is wanted there, and what the calendar last agreed to."""

    class Wanted(models.TextChoices):
        PRESENT = "present", _("present")
        ABSENT = "absent", _("absent")

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting to be sent")
        PUSHED = "pushed", _("On the calendar")
        RETRYING = "retrying", _("Trying again")
        CHANGED_ON_BOTH_SIDES = "changed_on_both_sides", _("Changed on both sides")
        NEEDS_RECONNECT = "needs_reconnect", _("Reconnect iCloud")
        NO_LINKED_CALENDAR = "no_linked_calendar", _("No linked calendar")

    wanted = models.CharField(_("wanted"), max_length=8, choices=Wanted, default=Wanted.PRESENT)
    calendar = models.ForeignKey("connections.Calendar", models.SET_NULL, null=True, blank=True, related_name="+")
    account = models.CharField(_("account"), max_length=254, blank=True)
    calendar_path = models.CharField(_("calendar’s path"), max_length=500)
    href = models.CharField(_("href"), max_length=700)
    uid = models.CharField("UID", max_length=64, unique=True, default=new_uid)
    etag = models.CharField(_("ETag"), max_length=300, blank=True)
    superseded_etags = models.JSONField(default=list, blank=True)
    agreed_start = models.DateTimeField(null=True, blank=True)
    agreed_end = models.DateTimeField(null=True, blank=True)
    agreed_text = models.BinaryField(default=bytes, editable=False)
    pushed_revision = models.PositiveIntegerField(default=0)
    state = models.CharField(_("state"), max_length=24, choices=State, default=State.QUEUED)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    next_try_at = models.DateTimeField(_("next try"), null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True, editable=False)
    error_code = models.CharField(_("error"), max_length=40, blank=True)
    error_params = models.JSONField(default=dict, blank=True)
    missing_since = models.DateTimeField(_("not found since"), null=True, blank=True)
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.uid

    @property
    @abstractmethod
    def span(self) -> Span:
        """The time that is wanted in the calendar, half-open, in UTC."""

    @property
    @abstractmethod
    def revision(self) -> int:
        """Which version of it is wanted; `pushed_revision` follows."""

    @property
    @abstractmethod
    def owner_id(self) -> int:
        """The key of the staff member whose time it is."""

    @property
    def sentence(self) -> str:
        """What is wrong with it and what to do; "" for nothing."""
        problem = Problem(self.error_code, self.error_params)
        return (self.calendar.connection.about(problem) if self.calendar else problem).sentence

    @property
    def is_withdrawn(self) -> bool:
        return self.wanted == self.Wanted.ABSENT

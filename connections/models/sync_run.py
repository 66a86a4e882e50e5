"""The history of syncs."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from connections.models.connection import Connection
from connections.problems import Problem
from practice.time_format import day_clock_and_zone


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
    answers = models.JSONField(_("answers"), default=dict, blank=True)  # by method and status: {"PROPFIND 207": 1}
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
        return day_clock_and_zone(self.started_at)

    @property
    def sentence(self) -> str:
        """What went wrong and what to do; "" for nothing."""
        return self.connection.about(Problem(self.error_code, self.error_params)).sentence

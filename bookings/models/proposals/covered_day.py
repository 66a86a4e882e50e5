"""A day of one person of which an event, or being away, covers several bookings."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from availability.intervals import Span
from practice.models import User


class CoveredDay(models.Model):
    """A day of `person`, on their own calendar, of which one event covers several bookings: they are decided together.

    `start` and `end` are those of the event, which may be longer than the day; `title` is its title, which only the
    person reads. With `is_away` there is no event: it was entered here that the person is away. An event that changes
    its time covers another day from then on, so that what was decided keeps what it was decided about.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="covered_days", verbose_name=_("staff member")
    )
    date = models.DateField(_("date"))
    start = models.DateTimeField(_("start"))
    end = models.DateTimeField(_("end"))
    title = models.TextField(_("title"), blank=True)
    is_away = models.BooleanField(_("away"), default=False)

    class Meta:
        ordering = ("date", "start", "id")
        verbose_name = _("covered day")
        verbose_name_plural = _("covered days")
        constraints = (
            models.UniqueConstraint(fields=("person", "date", "start", "end"), name="one_covered_day_of_an_event"),
        )

    def __str__(self) -> str:
        return f"{self.person}, {date_format(self.date)}"

    @property
    def span(self) -> Span:
        return self.start, self.end

    def title_for(self, reader: User) -> str:
        """The title of the event, which only the owner of its calendar reads."""
        return self.title if self.person_id == reader.pk else ""

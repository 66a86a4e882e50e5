"""The choice of calendars: what can be chosen, and saving it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from bookings.pages.configuration.forms import ConfigurationForm, RulesForm
from bookings.pages.configuration.proposal import proposed_calendar
from bookings.push import mirrored_slots, placements
from connections import accounts
from connections.models import Calendar, CalendarConfiguration, Connection, Occurrence
from connections.sync import reexpand
from connections.sync.poll import refresh
from connections.sync.queue import sync_soon
from practice.models import User

AHEAD = timedelta(days=60)
EVENT_FIELDS = ("detail", "title_template", "alarm_minutes")  # what the events of bookings are made of


@dataclass(frozen=True, slots=True)
class FreeDays:
    """All-day events of a calendar that are marked Free.

    How many, the first one's title ("" if not kept), and when it is; one that is under way is `now`.
    """

    count: int
    example: str
    next_at: datetime


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """One calendar to choose."""

    calendar: Calendar
    rules: RulesForm
    free_days: FreeDays | None
    blocks: bool
    linked: bool
    former: bool  # it is the linked calendar until the form is saved
    proposed: bool

    @property
    def can_be_linked(self) -> bool:
        return can_be_linked(self.calendar)

    @property
    def is_feed(self) -> bool:
        return self.calendar.connection.is_feed


class Choice:
    """A staff member's whole choice of calendars and rules, as forms."""

    def __init__(
        self, user: User, configuration: CalendarConfiguration, now: datetime, data: QueryDict | None = None
    ) -> None:
        self.user, self.now = user, now
        self.asked = data.getlist("asked") if data is not None else []  # browsers do not send a switch that is off
        self.linked_before = configuration.linked_calendar_id
        self.is_first = configuration.saved_at is None
        self.zone_before = configuration.time_zone
        self.values_before = {name: getattr(configuration, name) for name in EVENT_FIELDS}
        self.form = ConfigurationForm(user, data, instance=configuration)
        self.calendars = sorted(_offered(user), key=lambda calendar: calendar.connection.is_feed)
        self.proposed = proposed_calendar(self.calendars) if self.is_first and not self.linked_before else None
        self.rules = {calendar.pk: _rules(calendar, data) for calendar in self.calendars}

    def is_valid(self) -> bool:
        return all([self.form.is_valid(), *(rules.is_valid() for rules in self.rules.values() if rules.is_bound)])

    def groups(self) -> list[tuple[str, list[CalendarRow]]]:
        """The calendars by account, ticked as saved or, after a submission, as submitted; those by web address last."""
        free = free_days(self.user, self.now)
        rows = [self._row(calendar, free.get(calendar.pk)) for calendar in self.calendars]
        return [(_heading(account), list(group)) for account, group in groupby(rows, _account)]

    def _row(self, calendar: Calendar, free: FreeDays | None) -> CalendarRow:
        linked = self._linked() == str(calendar.pk)
        former = calendar.pk == self.linked_before
        return CalendarRow(
            calendar=calendar,
            rules=self.rules[calendar.pk],
            free_days=free,
            blocks=linked or self._ticked(calendar),
            linked=linked,
            former=former,
            proposed=calendar == self.proposed,
        )

    def _linked(self) -> str:
        if self.form.is_bound:
            return str(self.form.data.get("linked_calendar", ""))
        return str(self.linked_before or (self.proposed.pk if self.proposed else ""))

    def _ticked(self, calendar: Calendar) -> bool:
        if self.form.is_bound:
            return str(calendar.pk) in self.form["conflict_calendars"].value()
        return calendar.is_conflict_calendar

    def none_linked(self) -> bool:
        return not self._linked()

    def linkable(self) -> int:
        """How many of the calendars can be the linked one."""
        return sum(map(can_be_linked, self.calendars))

    def asks_where(self) -> bool:
        """Is nothing proposed before the first choice, so that the page helps to choose where bookings go?"""
        has_account = any(not calendar.connection.is_feed for calendar in self.calendars)
        return has_account and self.is_first and not self.linked_before and self.proposed is None

    def blocking(self) -> list[Calendar]:
        """The calendars that would block, with the rules that were submitted or are saved."""
        self.is_valid()  # writes what was submitted into the calendars
        linked = self._linked()
        return [one for one in self.calendars if str(one.pk) == linked or self._ticked(one)]

    def zone(self) -> ZoneInfo:
        """The zone that was submitted, if it is one; otherwise the saved one."""
        return ZoneInfo(getattr(self.form, "cleaned_data", {}).get("time_zone", self.zone_before))

    def upcoming(self) -> int:
        """How many bookings a newly linked calendar would get."""
        return placements.upcoming(self.user, self.now).count()

    def upcoming_missing(self) -> int:
        """How many upcoming bookings the linked calendar does not have."""
        return placements.unplaced(self.user, self.now).count() if self.linked_before else 0

    def save(self) -> None:
        """Save the choice and queue what follows from it. Raises accounts.ConfigurationRefused and then saves nothing.

        Before upcoming bookings move to another calendar, the latest changes on the iPhone are read.
        """
        if self.linked_before and self.form.cleaned_data["add_upcoming"]:
            refresh(self.user.pk, self.now, seconds=settings.FRESHNESS_DEADLINE_SECONDS)
        with transaction.atomic():
            changed = self._write()
            for connection in Connection.objects.filter(user=self.user, needs_attention=False):
                sync_soon(connection.pk)
        # Outside the transaction: expanding a large calendar takes its time, and others want to write meanwhile.
        if self.form.cleaned_data["time_zone"] != self.zone_before:
            reexpand.expand_user(self.user.pk, self.now)
        else:
            for calendar in Calendar.objects.conflict_calendars().filter(pk__in=changed):
                reexpand.expand_calendar(calendar, self.now)

    def _write(self) -> list[int]:
        """Write the submitted fields only, because a sync may be writing the same rows. Returns whose rules changed."""
        CalendarConfiguration.objects.get_or_create(user=self.user)
        chosen = self.form.cleaned_data
        changed = [pk for pk, rules in self.rules.items() if rules.is_bound and rules.has_changed()]
        for pk in changed:  # before the choice, which reads the titles of calendars whose rules allow them
            Calendar.objects.filter(pk=pk).update(**self.rules[pk].cleaned_data)
        linked, conflicts = chosen["linked_calendar"], chosen["conflict_calendars"]
        if self.calendars:
            accounts.configure(self.user, linked=linked, conflicts=list(conflicts), now=self.now)
        sent = {*self.form.data, *self.asked}
        values = {name: chosen[name] for name in self.form.Meta.fields if name in sent}
        if values:
            CalendarConfiguration.objects.filter(user=self.user).update(**values)
        changed_words = {name for name, former in self.values_before.items() if values.get(name, former) != former}
        if "detail" in changed_words:
            mirrored_slots.reword_slots(self.user)
        if changed_words:
            placements.reword_upcoming(self.user, self.now)
        if linked and chosen["add_upcoming"]:
            placements.place_upcoming(self.user, self.now)
        return changed


def _account(row: CalendarRow) -> Connection | None:
    """The account that the calendar is in; None for a calendar by web address."""
    return None if row.is_feed else row.calendar.connection


def _heading(account: Connection | None) -> str:
    return str(account) if account else _("Calendars by web address")


def can_be_linked(calendar: Calendar) -> bool:
    return calendar.writable and calendar.gone_at is None


def _rules(calendar: Calendar, data: QueryDict | None) -> RulesForm:
    """The calendar's rules; those of a calendar that was not submitted stay as they are."""
    prefix = f"calendar-{calendar.pk}"
    sent = data is not None and f"{prefix}-all_day_rule" in data
    return RulesForm(data if sent else None, instance=calendar, prefix=prefix)


def free_days(user: User, now: datetime) -> dict[int, FreeDays]:
    """By calendar: the all-day events of the next 60 days that are marked Free."""
    rows = Occurrence.objects.filter(
        calendar__connection__user=user, all_day=True, free_marked=True, end__gt=now, start__lt=now + AHEAD
    ).order_by("calendar_id", "start", "pk")
    found: dict[int, FreeDays] = {}
    for calendar, summary, start in rows.values_list("calendar_id", "summary", "start"):
        before = found.get(calendar, FreeDays(0, summary, max(start, now)))
        found[calendar] = replace(before, count=before.count + 1)
    return found


def _offered(user: User) -> QuerySet[Calendar]:
    """The calendars of the account and, so that they can be unticked, chosen ones that are gone."""
    offered = Calendar.objects.of(user).filter(Q(gone_at=None) | Q(is_conflict_calendar=True))
    return offered.select_related("connection").order_by("connection_id", "position", "pk")

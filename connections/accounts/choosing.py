"""What a staff member decides about calendars: which of them block, which one bookings go to, and by what rules."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from connections.accounts.refusals import ConfigurationRefused
from connections.models import Calendar, CalendarConfiguration, Connection, Event, Occurrence, schedule_lock
from connections.sync import reexpand
from connections.sync.queue import sync_soon
from practice.models import User


def configure(user: User, *, linked: Calendar | None, conflicts: Sequence[Calendar], now: datetime) -> None:
    """Replace the user's whole choice: the linked calendar (None: bookings stay in Kalends) and the conflict calendars.

    The linked calendar is always a conflict calendar as well, and one that was linked before stays one. Raises
    ConfigurationRefused for a calendar of somebody else, for a linked one that is gone or lacks writer's access, and
    for one that is gone and did not block before.

    With the first choice the next sync reads the titles too: until then only times were kept.
    """
    chosen = {calendar.pk for calendar in conflicts}
    if linked is not None:
        _check_linked(linked)
        chosen.add(linked.pk)
    _check_chosen(user, chosen)
    CalendarConfiguration.objects.get_or_create(user=user)
    with schedule_lock(user):
        configuration = CalendarConfiguration.objects.get(user=user)
        former = configuration.linked_calendar_id
        if former and linked is not None and former != linked.pk:
            chosen.add(former)
        mine = Calendar.objects.of(user)
        mine.filter(pk__in=chosen, is_conflict_calendar=False).update(
            is_conflict_calendar=True, read_at=None, fresh_at=None, compared_at=None
        )
        _forget(mine.exclude(pk__in=chosen).filter(is_conflict_calendar=True))
        mine.update(asked_about=True)
        if configuration.saved_at is None:
            reexpand.read_titles(user)
        configuration.linked_calendar = linked
        configuration.saved_at, configuration.must_connect = now, False
        configuration.save(update_fields=["linked_calendar", "saved_at", "must_connect"])
        Connection.objects.filter(user=user, needs_attention=False).update(next_sync_at=now)


def _forget(calendars: QuerySet[Calendar]) -> None:
    """Calendars that do not block any more keep no events of theirs in Kalends; those that are gone go altogether."""
    calendars.exclude(gone_at=None).delete()
    Event.objects.filter(calendar__in=calendars).only("pk").delete()
    tokens = {"sync_token": "", "probe_token": "", "read_at": None, "fresh_at": None, "compared_at": None}
    problems: dict[str, Any] = {
        "mass_deletion_suspected_at": None,
        "suspected_deletion_digest": "",
        "error_code": "",
        "error_params": {},
    }
    calendars.update(is_conflict_calendar=False, **tokens, **problems)


def _check_chosen(user: User, chosen: Collection[int]) -> None:
    mine = Calendar.objects.of(user).filter(pk__in=chosen)
    if mine.count() != len(chosen):
        raise ConfigurationRefused(_("A calendar can only be chosen by its owner."))
    if gone := mine.filter(is_conflict_calendar=False).exclude(gone_at=None).first():
        raise ConfigurationRefused(
            _("“%(name)s” is no longer in the account, so it cannot be chosen.") % {"name": gone}
        )


def _check_linked(linked: Calendar) -> None:
    if linked.gone_at is not None:
        raise ConfigurationRefused(
            _("“%(name)s” is no longer in the account. Choose another linked calendar.") % {"name": linked}
        )
    if not linked.writable:
        raise ConfigurationRefused(
            _(
                "“%(name)s” is read-only for you, so bookings cannot be added to it. Choose a calendar with writer’s "
                "access, or let it only block."
            )
            % {"name": linked}
        )


def change_rules(calendar: Calendar, rules: Mapping[str, Any], now: datetime) -> int:
    """Let a calendar's events block by other rules from now on, with no network; how many ahead block more, or fewer.

    `rules` are fields of the calendar. Stored events follow at once, and bookings are compared with them again.
    """
    ahead = Occurrence.objects.filter(calendar=calendar, end__gt=now, blocks=True)
    before = ahead.count()
    Calendar.objects.filter(pk=calendar.pk).update(**rules)
    reexpand.expand_calendar(calendar, now)
    return ahead.count() - before


@transaction.atomic
def decide_about_new_calendar(calendar: Calendar, *, blocks: bool) -> None:
    """Say of a calendar that appeared after the choice whether it blocks; then it is read."""
    calendar.is_conflict_calendar, calendar.asked_about = blocks, True
    calendar.read_at = calendar.fresh_at = calendar.compared_at = None
    calendar.save(update_fields=["is_conflict_calendar", "asked_about", "read_at", "fresh_at", "compared_at"])
    if blocks:
        sync_soon(calendar.connection_id)

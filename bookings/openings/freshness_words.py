"""Sentences about how fresh the calendars are, and about what is wrong with a calendar that is not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings.providers import provider_names
from connections.freshness import Freshness, fresh_until
from connections.models import Calendar, CalendarConfiguration, CalendarWithBacklog
from connections.problems import sentence
from connections.sync.state import MISSING
from practice import time_format
from practice.models import User

Policy = CalendarConfiguration.StalePolicy
SILENCE = frozenset({"unavailable", "throttled"})  # errors of an account that does not answer


def conflict_calendars(user: User) -> Iterable[CalendarWithBacklog]:
    """The user's conflict calendars, each with its connection and the number of events that could not be read yet."""
    return Calendar.objects.conflict_calendars().of(user).with_backlog().select_related("connection")


def freshness_sentence(user: User, fresh: Freshness, *, now: datetime, is_own: bool = True) -> str:
    """Say when the user's calendars were last read, and what that means for bookings.

    A calendar by web address is named to the user alone: `is_own` says that it is they who read it.
    """
    words = {"time": near(fresh.as_of, now), "until": near(fresh.trusted_until, now)}
    if fresh.state == "trusted":
        return _trusted(user) % (words | {"provider": provider_names(user)})
    if fresh.state != "stale":
        return _SENTENCES[fresh.state]() % words
    if feeds := unread_feeds(user, now):
        since = min(feed.fresh_at for feed in feeds if feed.fresh_at)
        words["time"] = near(since, now)
        return _unread(feeds, fresh, words) if is_own else _stale(fresh) % words
    return _stale(fresh) % words


def unread_feeds(user: User, now: datetime) -> list[Calendar]:
    """The calendars by web address that are not fresh any more, if nothing else of the user's is too old.

    Then it is they alone that keep bookings back.
    """
    rows = list(conflict_calendars(user))
    trust = timedelta(minutes=settings.TRUST_MINUTES)
    accounts = [row for row in rows if not row.connection.is_feed]
    if any(row.read_at is None or row.fresh_at is None or now - row.fresh_at > trust for row in accounts):
        return []
    return [row for row in rows if row.connection.is_feed and (row.fresh_at is None or now > fresh_until(row))]


def _unread(feeds: Sequence[Calendar], fresh: Freshness, words: Mapping[str, str]) -> str:
    """Which calendars by web address do not answer or cannot be read, what follows, and what to do."""
    names = ", ".join(_("“%(calendar)s”") % {"calendar": feed} for feed in feeds)
    if all(feed.connection.error_code in {"", *SILENCE} for feed in feeds):
        text = ngettext(
            "The calendar by web address %(names)s has not answered since %(time)s.",
            "The calendars by web address %(names)s have not answered since %(time)s.",
            len(feeds),
        )
    else:
        text = ngettext(
            "The calendar by web address %(names)s cannot be read since %(time)s.",
            "The calendars by web address %(names)s cannot be read since %(time)s.",
            len(feeds),
        )
    todo = _("Check the web address under Connections, or untick the calendar.")
    return f"{text % {**words, 'names': names}} {_while_unread(fresh)} {todo}"


def _while_unread(fresh: Freshness) -> str:
    if not fresh.bookable:
        return _("No times can be booked until that works again.")
    if fresh.pending:
        return _("Bookings stay pending until that works again.")
    return _("As you chose, bookings are confirmed all the same.")


def calendar_problem(calendar: CalendarWithBacklog) -> str:
    """Say what is wrong with a conflict calendar; "" if nothing is."""
    words = {"calendar": calendar, "problem": _problem(calendar)}
    if words["problem"]:
        return _("“%(calendar)s”: %(problem)s") % words
    if calendar.read_at is None or calendar.fresh_at is None:
        return _("“%(calendar)s” has not been read completely yet.") % words
    return ""


def lost_calendars(user: User) -> list[str]:
    """A sentence for each conflict calendar of the user that its account does not list any more."""
    return [calendar_problem(row) for row in conflict_calendars(user) if row.error_code in MISSING]


def near(moment: datetime | None, now: datetime) -> str:
    """The time on the clock, with its day if that is not today."""
    if moment is None:
        return ""
    today = timezone.localtime(moment).date() == timezone.localtime(now).date()
    return time_format.clock(moment) if today else time_format.day_and_clock(moment)


def _trusted(user: User) -> str:
    since = silent_since if _is_silent(user) else incomplete_since
    return f"{since()} {_while_trusted(user)}"


def _is_silent(user: User) -> bool:
    """Is it that accounts do not answer, and not that one answers but a calendar of it cannot be read?"""
    rows = Calendar.objects.conflict_calendars().two_way().of(user).select_related("connection")
    troubled = (row for row in rows if row.error_code or row.connection.error_code)
    return all(row.connection.failures and row.connection.error_code in SILENCE for row in troubled)


def silent_since() -> str:
    """What is said where a provider does not answer, with places for its name and the time."""
    return _("%(provider)s has not answered since %(time)s.")


def incomplete_since() -> str:
    """What is said where something could not be read, with a place for the time."""
    return _("The calendars could not be read completely since %(time)s.")


def _while_trusted(user: User) -> str:
    policy = CalendarConfiguration.objects.filter(user=user).values_list("stale_policy", flat=True).first()
    if policy == Policy.NO_OPENINGS:
        return _("Bookings are confirmed until %(until)s; after that no times are offered.")
    if policy == Policy.TRUST:
        return _("As you chose, bookings are confirmed all the same.")
    return _("Bookings are confirmed until %(until)s, then wait for your OK.")


def _stale(fresh: Freshness) -> str:
    if not fresh.bookable:
        return _("The calendars could not be read completely since %(time)s, so no times can be booked.")
    if fresh.pending:
        return _("The calendars could not be read completely since %(time)s, so bookings stay pending until they can.")
    return _(
        "The calendars could not be read completely since %(time)s. As you chose, bookings are confirmed all the same."
    )


_SENTENCES = {
    "deactivated": lambda: _("The account was deactivated, so no times can be booked."),
    "none": lambda: _("No calendar is read, so only working hours and blocked slots count."),
    "unconfigured": lambda: _("No calendars are chosen yet, so no times can be booked."),
    "never_read": lambda: _(
        "The calendars are being read for the first time. No times can be booked until that is done."
    ),
    "fresh": lambda: _("Calendars last checked: %(time)s."),
}


def _problem(calendar: CalendarWithBacklog) -> str:
    account = calendar.connection
    if calendar.error_code:
        return calendar.sentence
    if account.needs_attention or account.failures:  # otherwise the account's error is about another calendar
        return account.sentence
    return sentence("member_unread", {"count": calendar.backlog}) if calendar.backlog else ""

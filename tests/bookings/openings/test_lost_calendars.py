"""A conflict calendar that was deleted on the server: it is said as soon as a poll has noticed."""

from __future__ import annotations

import io
import json

import time_machine
from django.core.management import call_command

from bookings.templatetags.booking_tags import freshness_of
from connections.freshness import freshness
from tests.bookings.practice import Practice

SPAN = ("--from", "2026-12-01T00:00:00Z", "--to", "2026-12-02T00:00:00Z")
GONE = "“Work”: This calendar is no longer in the account. Choose another, or untick it."


def told(practice: Practice, *arguments: str) -> str:
    out = io.StringIO()
    with time_machine.travel(practice.now, tick=False):
        call_command("openings", "--service", "talk", *SPAN, *arguments, stdout=out)
    return out.getvalue()


def page(practice: Practice) -> str:
    return freshness_of(practice.user, freshness(practice.user, now=practice.now), practice.now)


def test_a_calendar_that_was_deleted_is_named_at_once(practice: Practice) -> None:
    practice.account.detach(practice.account.calendar("Work"))
    practice.poll_later()
    assert json.loads(told(practice, "--json"))["notes"] == [GONE]
    assert told(practice).splitlines()[1] == GONE
    assert page(practice).partition(" iCloud has not answered since ")[0] == GONE


def test_where_no_calendar_is_lost_there_is_no_note(practice: Practice) -> None:
    practice.poll_later()
    assert list(json.loads(told(practice, "--json"))) == ["as_of", "pending", "openings"]
    assert page(practice) == "Calendars last checked: 08:05."

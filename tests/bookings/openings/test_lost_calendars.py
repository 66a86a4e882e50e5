"""A conflict calendar that was deleted on the server: it is said as soon as a poll has noticed."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import time_machine
from django.core.management import call_command
from django.test import Client

from bookings.templatetags.booking_tags import freshness_of
from connections.freshness import freshness
from tests.bookings.practice import Practice
from tests.pages import texts

SPAN = ("--from", "2026-12-01T00:00:00Z", "--to", "2026-12-02T00:00:00Z")
GONE = "“Work”: This calendar is no longer in the account. Choose another, or untick it."
TRUSTED = "Bookings are confirmed until 08:15, then wait for your OK."


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
    assert page(practice) == (f"{GONE} The calendars could not be read completely since 08:00. {TRUSTED}")


def test_the_week_names_a_lost_calendar_once(practice: Practice, client: Client) -> None:
    practice.account.detach(practice.account.calendar("Work"))
    practice.poll_later()
    client.force_login(practice.user)
    with time_machine.travel(practice.now, tick=False):
        week = client.get("/calendars/")
    assert texts(week, "//p[contains(@class, 'freshness')]") == [
        "The calendars could not be read completely since 09:00. Bookings are confirmed until 09:15, then wait for "
        "your OK."
    ]
    assert texts(week, "//ul[@id='problems']/li") == [f"{GONE} Show"]


def test_only_an_account_that_does_not_answer_is_said_not_to_answer(practice: Practice) -> None:
    practice.icloud.faults.refuse(times=None)
    practice.poll_later()
    silent = page(practice)
    practice.icloud.faults.clear()
    practice.icloud.faults.unauthorized(times=None)
    practice.later(timedelta(minutes=8))
    practice.sync()
    assert (silent, page(practice)) == (
        f"iCloud has not answered since 08:00. {TRUSTED}",
        f"The calendars could not be read completely since 08:00. {TRUSTED}",
    )


def test_where_no_calendar_is_lost_there_is_no_note(practice: Practice) -> None:
    practice.poll_later()
    assert list(json.loads(told(practice, "--json"))) == ["as_of", "pending", "openings"]
    assert page(practice) == "Calendars last checked: 08:05."

"""The rules of each calendar on Calendar Configuration: what they would do, and that they hold at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from connections.models import Calendar, CalendarConfiguration, Connection, Event, Occurrence
from practice.models import User
from tests.bookings.pages.configuration.test_views import CONFLICTS, URL, sent
from tests.factories import NOW, CalendarFactory, EventFactory, OccurrenceFactory
from tests.pages import texts

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]


def all_day(calendar: Calendar, title: str, days: int, **given: Any) -> None:
    start = datetime(2026, 12, 1, 23, tzinfo=UTC) + timedelta(days=days)
    OccurrenceFactory(
        calendar=calendar,
        summary=title,
        start=start,
        **{"end": start + timedelta(days=1), "all_day": True, "blocks": False} | given,
    )


def test_the_all_day_question_says_what_the_rule_would_do(anna_client: Client, work: Calendar) -> None:
    all_day(work, "Crete", 5)
    all_day(work, "Holiday", 9)
    all_day(work, "Marked Busy", 6, blocks=True, free_marked=False)
    all_day(work, "Past 60 days", 70)
    OccurrenceFactory(calendar=work, summary="Not all day", blocks=False)
    question = "//div[@class='question']"
    page = anna_client.get(URL)
    assert texts(page, f"{question}/p") == [
        "In the next 60 days 2 all-day events are marked Free, e.g. Crete. Do they block? The iPhone marks "
        "all-day events Free by default."
    ]
    assert texts(page, f"{question}//label") == [
        "As marked on the event",
        "All-day events always block",
        "All-day events never block",
    ]


def test_where_no_titles_are_kept_the_all_day_question_says_how_many_and_when(
    anna_client: Client, work: Calendar
) -> None:
    for days in (10, 14, 15, 20, 30):
        all_day(work, "", days)
    several = texts(anna_client.get(URL), "//div[@class='question']/p")
    Occurrence.objects.exclude(start__day=15).delete()
    one = texts(anna_client.get(URL), "//div[@class='question']/p")
    default = "The iPhone marks all-day events Free by default."
    assert (several, one) == (
        [f"Marked Free in the next 60 days: 5 all-day events, the next on 12 December. Do they block? {default}"],
        [f"Marked Free in the next 60 days: 1 all-day event, on 16 December. Does it block? {default}"],
    )


def test_an_all_day_event_that_is_under_way_is_the_next_today(anna_client: Client, work: Calendar) -> None:
    all_day(work, "", -5, end=NOW + timedelta(days=3))
    assert "1 all-day event, on 30 November." in texts(anna_client.get(URL), "//div[@class='question']/p")[0]


def test_until_the_page_is_saved_it_says_that_only_times_are_kept(anna_client: Client, work: Calendar) -> None:
    hint = (
        "Until you save this page, Kalends keeps only the times of your events. Then it also reads their titles, "
        "unless you tick “keep times only” under “More”."
    )
    CalendarConfiguration.objects.update(saved_at=None)
    before = hint in texts(anna_client.get(URL), f"{CONFLICTS}/p")
    anna_client.post(URL, sent(conflicts=[work]))
    assert (before, hint in texts(anna_client.get(URL), f"{CONFLICTS}/p")) == (True, False)


def test_saving_for_the_first_time_asks_for_titles_where_they_may_be_kept(
    anna_client: Client, anna: User, work: Calendar
) -> None:
    private = CalendarFactory(connection=work.connection, name="Private")
    Calendar.objects.update(read_at=NOW, compared_at=NOW)
    CalendarConfiguration.objects.update(saved_at=None)
    for calendar in (work, private):
        EventFactory(calendar=calendar, uid=calendar.name, text=CRETE.replace(b"SUMMARY:Crete\r\n", b""))
    rules = {f"calendar-{private.pk}-times_only": "on"}
    anna_client.post(URL, sent(conflicts=[work, private], **rules))
    etags = dict(Event.objects.exclude(etag="").values_list("calendar__name", "uid"))
    compared = dict(Calendar.objects.values_list("name", "compared_at"))
    assert (etags, compared) == ({"Private": "Private"}, {"Work": None, "Private": NOW})
    assert Connection.objects.get().sync_asked_at == NOW


def test_the_rule_for_all_day_events_is_in_sight_also_where_none_is_marked_free(
    anna_client: Client, work: Calendar
) -> None:
    assert texts(anna_client.get(URL), f"{CONFLICTS}//div[@class='all-day']//label") == ["All-day events"]


def test_rules_are_kept_and_stored_events_follow_them_at_once(anna_client: Client, anna: User, work: Calendar) -> None:
    EventFactory(calendar=work, uid="CRETE", text=CRETE)
    name = f"calendar-{work.pk}-all_day_rule"
    answers = []
    for rule in ("as_marked", "always"):
        # as_marked is what it was, so the first round expands because the zone changes
        anna_client.post(URL, sent(conflicts=[work], time_zone="Asia/Tokyo", **{name: rule}))
        answers += Calendar.objects.get().occurrences.values_list("blocks", "reason", "start")
    midnight = datetime(2026, 12, 4, 15, tzinfo=UTC)  # of 5 December in Tokyo
    assert answers == [(False, "free", midnight), (True, "all_day_rule", midnight)]


CRETE = b"""BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//Apple Inc.//iOS 18.0//EN\r
BEGIN:VEVENT\r
UID:CRETE\r
DTSTART;VALUE=DATE:20261205\r
DTEND;VALUE=DATE:20261206\r
SUMMARY:Crete\r
TRANSP:TRANSPARENT\r
END:VEVENT\r
END:VCALENDAR\r
"""


def test_saving_writes_nothing_that_a_sync_may_be_writing(anna_client: Client, work: Calendar) -> None:
    name = f"calendar-{work.pk}-times_only"
    page_was_loaded = sent(conflicts=[work], **{name: "on"})
    Calendar.objects.update(sync_token="newer")
    anna_client.post(URL, page_was_loaded)
    calendar = Calendar.objects.get()
    assert (calendar.sync_token, calendar.times_only) == ("newer", True)


def test_with_times_only_titles_go_at_once(anna_client: Client, work: Calendar) -> None:
    EventFactory(calendar=work, uid="CRETE", text=CRETE, summary="Crete")
    all_day(work, "Crete", 3)
    anna_client.post(URL, sent(conflicts=[work], **{f"calendar-{work.pk}-times_only": "on"}))
    event = Event.objects.get(uid="CRETE")
    occurrences = event.occurrences.values_list("summary", flat=True)
    assert (event.summary, b"Crete" in bytes(event.text), list(occurrences)) == ("", False, [""])

"""A calendar's rules, changed on a page: iCloud is not asked, and openings, pages and notices follow at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from bookings import tasks
from bookings.models import Proposal
from bookings.openings import search
from connections.models import Calendar, Event, Occurrence
from tests.bookings.pages.configuration.test_views import URL as CONFIGURATION
from tests.bookings.pages.configuration.test_views import sent
from tests.bookings.practice import Practice, berlin
from tests.factories import CalendarFactory
from tests.pages import texts

EVENTS = "/calendars/settings/events/"
MUSEUM = sorted((Path(__file__).parents[3] / "ics").glob("*.ics"))


@pytest.fixture
def read(practice: Practice) -> Practice:
    """Tuesday 1 December: a trip marked Free all day, an unanswered invitation at 10, choir at 14. All are read."""
    work = practice.account.calendar("Work")
    practice.phone.add(work, "Crete", date(2026, 12, 1), date(2026, 12, 2))
    practice.phone.receive_invitation(work, "Kick-off", berlin(1, 10))
    practice.phone.add(work, "Choir", berlin(1, 14), rule="FREQ=WEEKLY")
    practice.sync()
    practice.icloud.log.clear()
    return practice


class Desk:
    """Anna at her browser, at the practice's hour."""

    def __init__(self, client: Client, practice: Practice) -> None:
        client.force_login(practice.user)
        self.client, self.practice = client, practice

    def get(self, url: str, **query: Any) -> Any:
        with time_machine.travel(self.practice.now, tick=False):
            return self.client.get(url, query)

    def post(self, url: str, data: dict[str, Any]) -> Any:
        with time_machine.travel(self.practice.now, tick=False):
            return self.client.post(url, data, follow=True)

    def rule(self, calendar: Calendar | None = None, **data: Any) -> list[str]:
        """Press a button beside an event; what the page says then."""
        calendar = calendar or work()
        return texts(self.post(f"{EVENTS}rules/{calendar.pk}/", data), "//div[@id='messages']//p")

    def conclusions(self) -> list[str]:
        return texts(self.get(EVENTS, until="2026-12-01"), "//tbody//div[@class='blocks']/p[1]")


@pytest.fixture
def desk(client: Client, read: Practice) -> Desk:
    return Desk(client, read)


def work() -> Calendar:
    return Calendar.objects.get(name="Work")


def starts(practice: Practice) -> list[str]:
    """When the hour-long service can start on Tuesday, at full hours."""
    found = search.find(practice.service, [practice.user], berlin(1, 0), berlin(2, 0), now=practice.now).openings
    local = [opening.start.astimezone(berlin(1, 0).tzinfo) for opening in found]
    return [f"{start:%H}" for start in local if not start.minute]


OPEN = ["09", "11", "12", "13", "15", "16"]


def test_an_all_day_event_marked_free_begins_to_block_at_the_press_of_a_button(desk: Desk, read: Practice) -> None:
    assert (starts(read), desk.conclusions()[0]) == (OPEN, "Does not block Marked Free")
    assert desk.rule(all_day_rule="always") == [
        "All-day events of “Work” always block from now on. 1 more upcoming event blocks now."
    ]
    assert (starts(read), desk.conclusions()[0]) == ([], "Blocks Your rule for all-day events of this calendar")
    assert desk.rule(all_day_rule="as_marked") == [
        "All-day events of “Work” block only if marked Busy from now on. 1 upcoming event no longer blocks."
    ]
    assert (starts(read), desk.conclusions()[0]) == (OPEN, "Does not block Marked Free")
    assert len(read.icloud.log) == 0


def test_an_unanswered_invitation_leaves_the_time_open_at_the_press_of_a_button(desk: Desk, read: Practice) -> None:
    assert desk.rule(invitations_block="no") == [
        "Unanswered and tentative invitations of “Work” do not block from now on. 1 upcoming event no longer blocks."
    ]
    assert starts(read) == ["09", "10", *OPEN[1:]]
    assert desk.conclusions()[1] == "Does not block Your rule for unanswered or tentative invitations"
    desk.rule(invitations_block="yes")
    assert (starts(read), len(read.icloud.log)) == (OPEN, 0)


def test_a_rule_that_meets_nothing_says_so(desk: Desk) -> None:
    assert desk.rule(all_day_rule="never") == [
        "All-day events of “Work” never block from now on. No upcoming event is affected."
    ]


def test_rules_hold_at_the_next_syncs_too(desk: Desk, read: Practice) -> None:
    desk.rule(all_day_rule="always")
    read.phone.add(read.account.calendar("Work"), "Ada’s birthday", date(2026, 12, 3))
    read.poll_later()
    read.sync(full=True)
    blocking = Occurrence.objects.filter(all_day=True).order_by("start").values_list("summary", "blocks", "reason")
    assert list(blocking) == [("Crete", True, "all_day_rule"), ("Ada’s birthday", True, "all_day_rule")]


def test_the_same_rules_hold_at_once_from_the_configuration_page(desk: Desk, read: Practice) -> None:
    home = Calendar.objects.get(name="Home")
    rules = {f"calendar-{work().pk}-all_day_rule": "always", f"calendar-{work().pk}-invitations_block": ""}
    desk.post(CONFIGURATION, sent(linked=home, conflicts=[home, work()], **rules))
    assert (starts(read), len(read.icloud.log)) == ([], 0)
    assert desk.conclusions() == [
        "Blocks Your rule for all-day events of this calendar",
        "Does not block Your rule for unanswered or tentative invitations",
        "Blocks Marked Busy",
    ]


def test_with_times_only_titles_go_at_once_and_never_come_back_with_a_sync(desk: Desk, read: Practice) -> None:
    home = Calendar.objects.get(name="Home")
    times_only = {f"calendar-{work().pk}-times_only": "on"}
    desk.post(CONFIGURATION, sent(linked=home, conflicts=[home, work()], **times_only))
    assert (titles(), starts(read), len(read.icloud.log)) == ({""}, OPEN, 0)
    assert texts(desk.get(EVENTS, until="2026-12-01"), "//tbody//td[1]") == ["No title"] * 3
    choir = next(href for href in read.events() if b"Choir" in read.account.calendar("Work").resources[href].data)
    read.phone.rename(choir, "Secret rehearsal")
    read.phone.change_one(choir, berlin(8, 14), title="Secret concert")
    read.phone.add(read.account.calendar("Work"), "Secret meeting", berlin(1, 16))
    read.poll_later()
    assert (titles(), starts(read)) == ({""}, OPEN[:-1])
    read.sync(full=True)
    assert titles() == {""}


def titles() -> set[str]:
    """Every title that is kept of the calendar Work, in whichever row."""
    events = Event.objects.filter(calendar=work())
    texts_kept = {line for event in events for line in bytes(event.text).decode().splitlines() if "SUMMARY" in line}
    occurrences = Occurrence.objects.filter(calendar=work()).values_list("summary", flat=True)
    return texts_kept | set(events.values_list("summary", flat=True)) | set(occurrences)


def test_with_times_only_no_odd_file_keeps_its_title_and_all_block_as_before(desk: Desk, read: Practice) -> None:
    for path in MUSEUM:
        read.account.calendar("Work").put(path.name, path.read_bytes())
    read.later()
    read.sync()
    before = stored()
    assert (len(before) > len(MUSEUM), len(titles()) > len(MUSEUM) // 2) == (True, True)
    home = Calendar.objects.get(name="Home")
    desk.post(CONFIGURATION, sent(linked=home, conflicts=[home, work()], **{f"calendar-{work().pk}-times_only": "on"}))
    assert (titles(), stored()) == ({""}, before)


def stored() -> list[tuple[Any, ...]]:
    """What is known of the events of the calendar Work, apart from their titles."""
    rows = Occurrence.objects.filter(calendar=work()).order_by("event__href", "start", "end", "recurrence_id")
    return list(rows.values_list("event__href", "event__problem", "start", "end", "blocks", "reason", "all_day"))


def test_a_booking_that_an_event_overlaps_by_a_new_rule_is_noticed_without_a_sync(desk: Desk, read: Practice) -> None:
    booking = read.book(berlin(1, 9))
    desk.rule(all_day_rule="always")
    notices = Proposal.objects.open().filter(booking=booking)
    with time_machine.travel(read.now, tick=False):
        tasks.reconcile_bookings()
    assert [(notice.kind, notice.reason) for notice in notices] == [
        ("collision", "“Crete” in “Work” (all day) now overlaps it.")
    ]
    desk.rule(all_day_rule="as_marked")
    with time_machine.travel(read.now, tick=False):
        tasks.reconcile_bookings()
    assert (notices.all().count(), len(read.icloud.log)) == (0, 0)


# --- the button ------------------------------------------------------------------------------------


def test_the_button_leads_back_to_where_it_stood(desk: Desk) -> None:
    url = f"{EVENTS}rules/{work().pk}/"
    back = [
        desk.post(url, {"all_day_rule": "always", "next": place}).redirect_chain[0][0]
        for place in (f"{EVENTS}?q=x&page=2", "https://evil.example/", "//evil.example", "")
    ]
    assert back == [f"{EVENTS}?q=x&page=2", EVENTS, EVENTS, EVENTS]


@pytest.mark.parametrize("data", [{}, {"all_day_rule": "sometimes"}, {"times_only": "on"}])
def test_a_press_that_means_nothing_changes_nothing(desk: Desk, data: dict[str, str]) -> None:
    before = Calendar.objects.filter(name="Work").values().get()
    assert desk.rule(**data) == []
    assert Calendar.objects.filter(name="Work").values().get() == before


def test_only_own_calendars_that_block_have_rules_to_press(desk: Desk) -> None:
    foreign = CalendarFactory()
    unticked = CalendarFactory(connection=work().connection, is_conflict_calendar=False)
    for calendar in (foreign, unticked):
        assert desk.post(f"{EVENTS}rules/{calendar.pk}/", {"all_day_rule": "always"}).status_code == 404
    assert desk.get(f"{EVENTS}rules/{work().pk}/").status_code == 405
    assert set(Calendar.objects.values_list("all_day_rule", flat=True)) == {"as_marked"}


def test_strangers_are_asked_to_sign_in(client: Client, read: Practice) -> None:
    response = client.post(f"{EVENTS}rules/{work().pk}/", {"all_day_rule": "always"})
    assert (response.status_code, work().all_day_rule) == (401, "as_marked")

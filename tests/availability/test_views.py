from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags
from pytest_django import DjangoAssertNumQueries

from availability.models import BlockedSlot, DateOverride, WorkingHours, write_week
from availability.slots import Period
from connections.models import CalendarConfiguration
from practice.models import Practice, User
from tests.factories import NOW, BlockedSlotFactory, DateOverrideFactory, UserFactory

pytestmark = pytest.mark.django_db

PAGE = "/calendars/settings/availability/"
MORNING: Period = (time(9), time(12))


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def anna(client: Client) -> User:
    user: User = UserFactory()
    client.force_login(user)
    return user


def section(html: str, name: str) -> str:
    """The words of one section of the page, blanks collapsed."""
    found = re.search(rf'<section[^>]* id="{name}".*?</section>', html, re.DOTALL)
    return " ".join(strip_tags(found.group()).split()) if found else ""


def rows(html: str, name: str) -> list[str]:
    """The rows of the table of one section, as words."""
    found = re.search(rf'<section[^>]* id="{name}".*?</section>', html, re.DOTALL)
    body = re.search(r"<tbody>(.*?)</tbody>", found.group(), re.DOTALL) if found else None
    bodies = re.findall(r"<tr>(.*?)</tr>", body.group(1), re.DOTALL) if body else []
    return [" ".join(strip_tags(row).split()) for row in bodies]


def shown(client: Client) -> str:
    return client.get(PAGE).content.decode()


def week_data(*periods: tuple[int, str, str], **buttons: str) -> dict[str, object]:
    data: dict[str, object] = {"form-TOTAL_FORMS": len(periods), "form-INITIAL_FORMS": 0, **buttons}
    for n, (weekday, start, end) in enumerate(periods):
        data |= {f"form-{n}-weekday": weekday, f"form-{n}-start": start, f"form-{n}-end": end}
    return data


def slot_data(start: str, end: str, note: str = "") -> dict[str, str]:
    return {"blocked-start": start, "blocked-end": end, "blocked-note": note}


def test_the_page_shows_hours_overrides_and_blocked_slots_in_the_staff_members_zone(client: Client, anna: User) -> None:
    write_week(anna, [(0, MORNING), (0, (time(13), time(0)))])
    DateOverrideFactory(user=anna, date=date(2026, 12, 24))
    DateOverrideFactory(user=anna, date=date(2026, 12, 31), start=time(10), end=time(12))
    BlockedSlotFactory(user=anna, note="Dentist <3")
    html = shown(client)
    assert "All times are Berlin time." in html
    assert re.findall(r'name="form-\d-(?:start|end)" value="(\d\d:\d\d)"', html) == [
        "09:00",
        "12:00",
        "13:00",
        "00:00",
    ]
    assert rows(html, "overrides") == [
        "Thu 24 Dec 2026 Closed Remove Thu 24 Dec 2026, Closed",
        "Thu 31 Dec 2026 10:00–12:00 Remove Thu 31 Dec 2026, 10:00–12:00",
    ]
    assert rows(html, "blocked") == [
        "Tue 1 Dec 2026, 10:00–11:00 Dentist &lt;3 Not shown on your iPhone Remove Tue 1 Dec 2026, 10:00–11:00"
    ]


def test_the_page_shows_nothing_that_is_over_or_belongs_to_somebody_else(client: Client, anna: User) -> None:
    DateOverrideFactory(user=anna, date=NOW.date() - timedelta(days=1))
    BlockedSlotFactory(user=anna, start=NOW - timedelta(hours=1))
    DateOverrideFactory()
    BlockedSlotFactory()
    html = shown(client)
    assert (rows(html, "overrides"), rows(html, "blocked")) == ([], [])
    assert "No overrides. Every day follows the weekly hours." in section(html, "overrides")
    assert "No blocked slots." in section(html, "blocked")


def test_somebody_without_calendar_configuration_has_the_practices_zone_and_gets_one_with_the_first_change(
    client: Client,
) -> None:
    Practice.objects.create(time_zone="Asia/Tokyo")
    cora = User.objects.create(username="cora")
    client.force_login(cora)
    assert "All times are Tokyo time." in shown(client)
    assert CalendarConfiguration.objects.filter(user=cora).count() == 0
    assert client.post(f"{PAGE}hours/", week_data((0, "9:00", "12:00"))).status_code == 302
    assert CalendarConfiguration.objects.get(user=cora).time_zone == "Asia/Tokyo"
    assert WorkingHours.objects.filter(user=cora).by_weekday() == {0: [MORNING]}


def test_one_must_sign_in(client: Client) -> None:
    for url in (PAGE, f"{PAGE}hours/", f"{PAGE}overrides/1/remove/"):
        assert client.get(url).headers["Location"] == f"/accounts/login/?next={url}"


@pytest.mark.parametrize(
    "url",
    ["hours/", "overrides/add/", "overrides/1/remove/", "blocked/add/", "blocked/1/remove/"],
)
def test_what_changes_something_answers_a_get_with_the_page(client: Client, anna: User, url: str) -> None:
    assert client.get(PAGE + url).headers["Location"] == PAGE


def test_saving_the_week_replaces_it_and_says_so(client: Client, anna: User) -> None:
    write_week(anna, [(0, MORNING)])
    answer = client.post(f"{PAGE}hours/", week_data((4, "13:00", "0:00"), (4, "9:00", "12:00")), follow=True)
    assert answer.redirect_chain == [(f"{PAGE}#hours", 302)]
    assert "Weekly hours saved." in answer.content.decode()
    assert WorkingHours.objects.filter(user=anna).by_weekday() == {4: [MORNING, (time(13), time(0))]}


def test_a_week_that_overlaps_is_shown_again_with_the_sentence_at_its_field(client: Client, anna: User) -> None:
    write_week(anna, [(0, MORNING)])
    answer = client.post(f"{PAGE}hours/", week_data((1, "9:00", "12:00"), (1, "11:00", "13:00")))
    assert "This overlaps 09:00–12:00." in section(answer.content.decode(), "hours")
    assert WorkingHours.objects.filter(user=anna).by_weekday() == {0: [MORNING]}


def test_a_period_is_added_to_the_form_and_removed_from_it_without_saving(client: Client, anna: User) -> None:
    typed = ((1, "9:00", "12:00"), (1, "13:00", "17:00"))
    names = re.compile(r'name="(form-\d-start)"')
    added = client.post(f"{PAGE}hours/", week_data(*typed, add="1")).content.decode()
    removed = client.post(f"{PAGE}hours/", week_data(*typed, remove="form-0")).content.decode()
    assert names.findall(added) == ["form-0-start", "form-1-start", "form-2-start"]
    assert re.findall(r'name="form-\d-start" value="([^"]*)"', removed) == ["13:00"]
    assert WorkingHours.objects.count() == 0


def test_a_date_is_closed_and_opened_again(client: Client, anna: User) -> None:
    data = {"override-date": "2026-12-24", "override-kind": "closed"}
    answer = client.post(f"{PAGE}overrides/add/", data, follow=True)
    assert answer.redirect_chain == [(f"{PAGE}#overrides", 302)]
    override = DateOverride.objects.get()
    assert (override.user, override.date, override.period) == (anna, date(2026, 12, 24), None)
    client.post(f"{PAGE}overrides/{override.pk}/remove/")
    assert DateOverride.objects.count() == 0


def test_a_date_gets_two_periods_of_its_own(client: Client, anna: User) -> None:
    for start, end in (("9:00", "12:00"), ("13:00", "14:00")):
        data = {
            "override-date": "2026-12-24",
            "override-kind": "hours",
            "override-start": start,
            "override-end": end,
        }
        client.post(f"{PAGE}overrides/add/", data)
    assert DateOverride.objects.filter(user=anna).by_date() == {date(2026, 12, 24): [MORNING, (time(13), time(14))]}


def test_a_slot_is_blocked_in_the_staff_members_zone_and_removed(client: Client, anna: User) -> None:
    data = slot_data("2026-12-02T10:00", "2026-12-02T12:00", "Dentist")
    answer = client.post(f"{PAGE}blocked/add/", data, follow=True)
    assert answer.redirect_chain == [(f"{PAGE}#blocked", 302)]
    assert "Time blocked. It is not shown on your iPhone." in answer.content.decode()
    slot = BlockedSlot.objects.get()
    assert (slot.user, slot.start, slot.end, slot.note) == (
        anna,
        datetime(2026, 12, 2, 9, tzinfo=UTC),
        datetime(2026, 12, 2, 11, tzinfo=UTC),
        "Dentist",
    )
    client.post(f"{PAGE}blocked/{slot.pk}/remove/")
    assert BlockedSlot.objects.count() == 0


def test_the_same_slot_is_not_blocked_twice(client: Client, anna: User) -> None:
    data = slot_data("2026-12-02T10:00", "2026-12-02T12:00")
    client.post(f"{PAGE}blocked/add/", data)
    answer = client.post(f"{PAGE}blocked/add/", data)
    assert "This time is blocked already." in section(answer.content.decode(), "blocked")
    assert BlockedSlot.objects.count() == 1


def test_a_time_that_the_change_of_clocks_skips_gets_a_sentence_at_its_field(client: Client, anna: User) -> None:
    answer = client.post(f"{PAGE}blocked/add/", slot_data("2027-03-28T02:30", "2027-03-28T05:00"))
    assert "02:30 does not exist on this day, because the clocks go forward. Choose 03:00 or later." in section(
        answer.content.decode(), "blocked"
    )
    assert 'value="2027-03-28T02:30"' in answer.content.decode()
    assert BlockedSlot.objects.count() == 0


def test_what_belongs_to_somebody_else_is_not_found(client: Client, anna: User) -> None:
    override, slot = DateOverrideFactory(), BlockedSlotFactory()
    answers = [
        client.post(f"{PAGE}overrides/{override.pk}/remove/"),
        client.post(f"{PAGE}blocked/{slot.pk}/remove/"),
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert (DateOverride.objects.count(), BlockedSlot.objects.count()) == (1, 1)


def test_htmx_gets_only_the_section_that_changed(client: Client, anna: User) -> None:
    data = slot_data("2026-12-02T10:00", "2026-12-02T12:00")
    answer = client.post(f"{PAGE}blocked/add/", data, headers={"HX-Request": "true"})
    html = answer.content.decode()
    assert (answer.status_code, html.count("<section"), "<html" in html) == (200, 1, False)
    assert "Time blocked. It is not shown on your iPhone." in section(html, "blocked")
    assert rows(html, "blocked") == [
        "Wed 2 Dec 2026, 10:00–12:00 Not shown on your iPhone Remove Wed 2 Dec 2026, 10:00–12:00"
    ]


def test_htmx_gets_the_errors_in_the_section(client: Client, anna: User) -> None:
    data = {"override-date": "2026-11-01", "override-kind": "closed"}
    answer = client.post(f"{PAGE}overrides/add/", data, headers={"HX-Request": "true"})
    assert "This date is over." in section(answer.content.decode(), "overrides")


def queries(client: Client) -> int:
    with CaptureQueriesContext(connection) as captured:
        client.get(PAGE)
    return len(captured)


def test_thirty_rows_cost_no_more_queries_than_one(
    client: Client, anna: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def add(days: range) -> None:
        for day in days:
            DateOverrideFactory(user=anna, date=NOW.date() + timedelta(days=day))
            BlockedSlotFactory(user=anna, start=NOW + timedelta(days=day))

    write_week(anna, [(0, MORNING)])
    add(range(1))
    shown(client)  # what is loaded once per process is loaded now
    with_one = queries(client)
    add(range(1, 30))
    write_week(anna, [(day, period) for day in range(7) for period in (MORNING, (time(13), time(17)))])
    with django_assert_num_queries(with_one):
        shown(client)


# --- copying hours --------------------------------------------------------------------------------------------


def hours_shown(client: Client, data: dict[str, object]) -> list[tuple[str, str, str]]:
    """The rows of hours that the answer shows, as their fields have them."""
    html = client.post(f"{PAGE}hours/", data).content.decode()
    fields = re.findall(r'name="form-(\d+)-(weekday|start|end)"(?: value="([^"]*)")?', html)
    rows: dict[str, dict[str, str]] = {}
    for row, name, value in fields:
        rows.setdefault(row, {})[name] = value
    return sorted((row["weekday"], row["start"], row["end"]) for row in rows.values())


def test_the_hours_of_a_day_are_copied_to_the_chosen_days_and_replace_theirs(client: Client, anna: User) -> None:
    week = ((0, "09:00", "12:00"), (0, "13:00", "17:00"), (1, "08:00", "10:00"), (4, "10:00", "11:00"))
    data = week_data(*week, copy="0") | {"copy-0": ["1", "2"], "copy-4": ["5"]}
    assert hours_shown(client, data) == [
        (day, start, end) for day in "012" for start, end in (("09:00", "12:00"), ("13:00", "17:00"))
    ] + [("4", "10:00", "11:00")]
    assert WorkingHours.objects.count() == 0


def test_copied_hours_say_that_they_are_not_saved_yet_and_are_kept_as_they_were_typed(
    client: Client, anna: User
) -> None:
    data = week_data((0, "09:00", "08:00"), copy="0") | {"copy-0": ["3"]}
    html = client.post(f"{PAGE}hours/", data, headers={"HX-Request": "true"}).content.decode()
    assert "Copied. Save the hours to keep them." in section(html, "hours")
    assert hours_shown(client, data) == [("0", "09:00", "08:00"), ("3", "09:00", "08:00")]


@pytest.mark.parametrize("chosen", [[], ["0"], ["7"], ["x"]])
def test_copying_to_no_other_day_changes_nothing(client: Client, anna: User, chosen: list[str]) -> None:
    data = week_data((0, "09:00", "12:00"), (1, "09:00", "10:00"), copy="0") | {"copy-0": chosen}
    assert hours_shown(client, data) == [("0", "09:00", "12:00"), ("1", "09:00", "10:00")]


def test_a_day_with_hours_offers_the_other_days_to_copy_to(client: Client, anna: User) -> None:
    write_week(anna, [(2, MORNING)])
    html = shown(client)
    assert re.findall(r'name="copy-(\d)"\s+value="(\d)"', html) == [("2", day) for day in "013456"]
    assert "Copy the hours of Wednesday to" in section(html, "hours")


# --- limits ---------------------------------------------------------------------------------------------------


def test_limits_of_a_person_are_saved_and_shown(client: Client, anna: User) -> None:
    answer = client.post(f"{PAGE}limits/", {"max_per_day": "5", "max_per_week": ""}, follow=True)
    assert answer.redirect_chain == [(f"{PAGE}#limits", 302)]
    assert "Limits saved." in answer.content.decode()
    configuration = CalendarConfiguration.objects.get(user=anna)
    assert (configuration.max_per_day, configuration.max_per_week) == (5, None)
    assert 'name="max_per_day" value="5"' in shown(client)


def test_a_limit_of_no_bookings_is_refused_at_its_field(client: Client, anna: User) -> None:
    html = client.post(f"{PAGE}limits/", {"max_per_day": "0", "max_per_week": "20"}).content.decode()
    assert "Enter at least 1, or nothing for no limit." in section(html, "limits")
    assert CalendarConfiguration.objects.get(user=anna).max_per_week is None

"""Apple's pages, without a browser: every form does what the phone does."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape

import pytest
import requests

from sandbox.device.agenda import displayed_events
from sandbox.device.device import AppleDevice
from sandbox.ical import ics
from sandbox.pages.app import ApplePages, serve_pages
from sandbox.server.server import Sandbox
from tests.sandbox.client import at, event

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)  # a Sunday


@pytest.fixture
def icloud():
    with Sandbox(clock=lambda: NOON) as sandbox:
        serve_pages(sandbox)
        yield sandbox


@pytest.fixture
def phone(account):
    return AppleDevice(account)


@pytest.fixture
def page(icloud, account):
    """Fetch a page, or send a form with data; `{}` in the path is the dsid."""

    def fetch(path, **form):
        url = icloud.apple_url.rstrip("/") + path.format(account.dsid)
        answer = requests.post(url, data=form, timeout=5) if form else requests.get(url, timeout=5)
        answer.plain = unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.text)))
        return answer

    return fetch


@pytest.fixture
def act(page, account):
    """Press a button on an event's page."""

    def press(href, slot, action, **form):
        return page("/iphone/{}/event/", href=href, slot=slot, action=action, **form)

    return press


def week(account):
    """The coming week as the phone displays it, in Berlin time."""
    zone = AppleDevice(account).zone
    return [
        f"{one.start:%a %H:%M}-{one.end:%H:%M} {one.title}"
        for one in displayed_events(account, at("2026-11-23").date(), 7, zone)
    ]


@pytest.mark.processes
def test_the_start_page_says_when_there_is_nobody():
    with Sandbox() as empty:
        text = requests.get(serve_pages(empty), timeout=5).text
        assert "No accounts" in text


def test_the_start_page_leads_to_every_account(page):
    assert 'href="/iphone/10000001/"' in page("/").text


def test_an_unknown_account_page_or_file_is_not_found(page):
    for path in ("/iphone/9/", "/nothing/", "/static/nothing.css", "/static/..%2fapp.py"):
        assert page(path).status_code == 404


def test_nothing_inline_and_nothing_from_elsewhere(page, phone, work):
    phone.add(work, "Visit", at("2026-11-23 09:30"))
    answer = page("/iphone/{}/")
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert not re.search(r"<style|style=|<script>|onclick|https?://", answer.text)


def test_the_week_shows_what_stands_in_it(page, phone, work, account):
    phone.add(work, "Dentist <b>", at("2026-11-23 09:30"), travel=at("2026-01-01 00:45") - at("2026-01-01"))
    phone.add(work, "Class", at("2026-11-17 18:00"), rule="FREQ=WEEKLY")
    phone.add(work, "Crete", at("2026-11-19").date(), at("2026-11-21").date())
    phone.receive_invitation(work, "Council", at("2026-11-20 10:00"))
    work.put("broken.ics", b"nonsense")
    text = page("/iphone/{}/").plain
    assert "Dentist <b> Work · 45 min travel 09:30 10:30" in text
    assert "Class Work · repeats 18:00 19:00" in text
    assert "Crete Work · free all-day" in text
    assert "Council Work · not answered 10:00 11:00" in text
    assert "Team view only" in text


def test_another_week_can_be_turned_to(page, phone, work):
    phone.add(work, "Later", at("2027-01-12 09:30"))
    assert "Later" not in page("/iphone/{}/").text
    assert "Later" in page("/iphone/{}/?day=2027-01-15").text
    assert page("/iphone/{}/?day=nonsense").status_code == 200


def test_an_empty_week_and_an_empty_account_say_so(page, icloud):
    assert "No events" in page("/iphone/{}/").plain
    other = icloud.add_account("ben@example.com")
    assert "No calendars" in page(f"/iphone/{other.dsid}/").plain
    assert "No calendar to write in" in page(f"/iphone/{other.dsid}/new/").plain


def test_the_list_comes_anew_only_when_something_changed(page, phone, work):
    state = re.search(r'data-state="([^"]+)"', page("/iphone/{}/").text).group(1)
    path = "/iphone/{}/week/?day=2026-11-16&seen=" + state
    assert page(path).status_code == 204
    phone.add(work, "Just arrived", at("2026-11-22 15:00"))
    answer = page(path)
    assert (answer.status_code, "Just arrived" in answer.text, "<html" in answer.text) == (200, True, False)


def test_a_new_event_is_added(page, account, work):
    answer = page(
        "/iphone/{}/new/",
        title="Visit",
        start="2026-11-24T09:00",
        end="2026-11-24T10:30",
        calendar=work.path,
        travel="30",
        rule="FREQ=DAILY",
        show_as="free",
    )
    assert answer.url.endswith("/iphone/10000001/?day=2026-11-24")
    (resource,) = work.resources.values()
    (visit,) = ics.parse(resource.data).named("VEVENT")
    assert [visit.value(name) for name in ("SUMMARY", "TRANSP", "RRULE", "X-APPLE-TRAVEL-DURATION")] == [
        "Visit",
        "TRANSPARENT",
        "FREQ=DAILY;INTERVAL=1",
        "PT30M",
    ]


def test_a_new_all_day_event_includes_its_last_day(page, work):
    form = {"start": "2026-11-24T09:00", "end": "2026-11-25T10:00", "calendar": work.path, "all_day": "on"}
    page("/iphone/{}/new/", title="Fair", **form)
    (resource,) = work.resources.values()
    assert b"DTEND;VALUE=DATE:20261126\r\n" in resource.data


def test_an_event_that_ends_before_it_begins_is_refused_and_the_form_keeps_what_was_typed(page, work):
    form = {"start": "2026-11-24T09:00", "end": "2026-11-24T08:00", "calendar": work.path}
    answer = page("/iphone/{}/new/", title="Backwards", **form)
    assert (answer.status_code, "The event cannot end before it starts." in answer.text) == (422, True)
    assert 'value="Backwards"' in answer.text
    assert page("/iphone/{}/new/", title="x", start="soon", end="later", calendar=work.path).status_code == 422
    assert work.resources == {}


@pytest.fixture
def visit(phone, work):
    """An event, and the original start that identifies it on its page."""
    return phone.add(work, "Visit", at("2026-11-24 09:00")), "2026-11-24T09:00:00+01:00"


def test_an_event_is_moved_lengthened_and_shortened(act, account, visit):
    act(*visit, "move", start="2026-11-25T14:00")
    assert week(account) == ["Wed 14:00-15:00 Visit"]
    moved = (visit[0], "2026-11-25T14:00:00+01:00")
    act(*moved, "lengthen", by="30")
    assert week(account) == ["Wed 14:00-15:30 Visit"]
    assert act(*moved, "lengthen", by="-120").status_code == 422
    act(*moved, "move", by="-60")
    assert week(account) == ["Wed 13:00-14:30 Visit"]


@pytest.mark.parametrize(
    ("action", "form", "expected"),
    [
        ("rename", {"title": "Call"}, {"SUMMARY": "Call"}),
        ("repeat", {"rule": "FREQ=WEEKLY"}, {"RRULE": "FREQ=WEEKLY;INTERVAL=1"}),
        ("show_as", {"show_as": "free"}, {"TRANSP": "TRANSPARENT"}),
        ("travel", {"travel": "60"}, {"X-APPLE-TRAVEL-DURATION": "PT1H"}),
        ("all_day", {}, {"DTSTART": "20261124", "TRANSP": "TRANSPARENT"}),
    ],
)
def test_its_details_are_changed(act, work, visit, action, form, expected):
    act(*visit, action, **form)
    (found,) = ics.parse(work.resources[visit[0]].data).named("VEVENT")
    assert {name: found.value(name) for name in expected} == expected


def test_an_event_is_duplicated_moved_to_another_calendar_and_deleted(act, account, work, visit):
    act(*visit, "duplicate")
    assert len(work.resources) == 2
    act(*visit, "transfer", calendar="/10000001/calendars/home/")
    assert (len(work.resources), len(account.calendar("home").resources)) == (1, 1)
    assert act(*visit, "delete").status_code == 404
    (other,) = work.resources
    act(other, visit[1], "delete")
    assert work.resources == {}


def test_an_invitation_is_answered(act, phone, work):
    href = phone.receive_invitation(work, "Council", at("2026-11-24 09:00"))
    act(href, "2026-11-24T09:00:00+01:00", "answer", answer="DECLINED")
    assert b"PARTSTAT=DECLINED" in work.resources[href].data


@pytest.fixture
def course(phone, work):
    """A daily series of four, and its second occurrence."""
    return phone.add(work, "Class", at("2026-11-23 09:00"), rule="FREQ=DAILY;COUNT=4"), "2026-11-24T09:00:00+01:00"


@pytest.mark.parametrize(
    ("scope", "starts"),
    [
        ("one", ["Mon 09:00", "Tue 11:00", "Wed 09:00", "Thu 09:00"]),
        ("following", ["Mon 09:00", "Tue 11:00", "Wed 11:00", "Thu 11:00"]),
        ("all", ["Mon 11:00", "Tue 11:00", "Wed 11:00", "Thu 11:00"]),
    ],
)
def test_of_a_series_one_the_following_or_all_are_moved(act, account, course, scope, starts):
    act(*course, "move", start="2026-11-24T11:00", scope=scope)
    assert [line[:9] for line in week(account)] == starts


@pytest.mark.parametrize(("scope", "days"), [("one", ["Mon", "Wed", "Thu"]), ("following", ["Mon"]), ("all", [])])
def test_of_a_series_one_the_following_or_all_are_deleted(act, account, course, scope, days):
    act(*course, "delete", scope=scope)
    assert [line[:3] for line in week(account)] == days


def test_the_page_of_a_series_says_how_it_repeats(page, course):
    text = page("/iphone/{}/event/?href=" + course[0] + "&slot=" + course[1].replace("+", "%2B")).text
    assert '<option value="FREQ=DAILY;COUNT=4" selected>Current rule</option>' in text


def test_a_read_only_calendar_is_not_written(page, act, account, phone):
    team = account.calendar("Team")
    href = team.put("a.ics", event())
    slot = "2026-11-23T09:00:00+00:00"
    assert (
        "This calendar is read-only." in page(f"/iphone/{{}}/event/?href={href}&slot={slot.replace('+', '%2B')}").text
    )
    assert act(href, slot, "delete").status_code == 403
    assert list(team.resources) == [href]


def test_an_event_that_is_gone_is_not_found(act, visit, work):
    work.delete(visit[0])
    assert act(*visit, "move", by="60").status_code == 404
    assert act(visit[0], "nonsense", "move").status_code == 404


def test_a_new_password_is_shown_once(page, account):
    answer = page("/account/{}/passwords/", label="My phone")
    password = re.search(r"[a-z]{4}(-[a-z]{4}){3}", answer.plain).group()
    assert account.accepts(password)
    again = requests.get(answer.url, timeout=5).text
    assert (password in again, "My phone" in again) == (False, True)


def test_passwords_are_listed_and_revoked_one_by_one_or_all_together(page, account):
    kept = account.new_app_password("Kept")
    lost = account.new_app_password("Lost")
    account.new_app_password("Third")
    page("/account/{}/revoke/", number=account.app_passwords[1].number)
    assert (account.accepts(kept), account.accepts(lost)) == (True, False)
    text = page("/account/{}/revoke/", all="1").plain
    assert "All app-specific passwords are revoked." in text
    assert "No passwords." in text


def test_changing_the_apple_password_says_what_it_did(page, account, app_password):
    answer = page("/account/{}/password/", sure="1")
    assert "All app-specific passwords are revoked." in answer.plain
    assert account.accepts(app_password) is False


def test_the_26th_password_and_one_without_a_name_are_refused_with_a_sentence(page, account):
    assert page("/account/{}/passwords/", label=" ").status_code == 422
    for number in range(25):
        account.new_app_password(f"App {number}")
    answer = page("/account/{}/passwords/", label="One more")
    assert (answer.status_code, "You can have 25 passwords." in answer.plain) == (422, True)


def test_pages_are_answered_by_an_application_that_knows_the_sandbox(icloud):
    assert ApplePages(icloud).sandbox is icloud


def test_the_iphone_has_a_button_for_who_is_ill_tomorrow(icloud, account, page):
    assert "Anna is ill tomorrow" in page("/iphone/{}/").text
    answer = page("/iphone/{}/ill/", press="yes")
    [ill] = displayed_events(account, NOON.date(), 3, AppleDevice(account).zone)
    assert (ill.title, ill.start.date().isoformat()) == ("Ill", "2026-11-23")
    assert answer.url.endswith("?day=2026-11-23")

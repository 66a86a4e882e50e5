"""The control for demos: JSON in, JSON out."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests

from sandbox.pages.app import serve_pages
from sandbox.server.dav.xml import d
from sandbox.server.server import Sandbox
from tests.sandbox.client import Client


@pytest.fixture
def icloud():
    with Sandbox() as sandbox:
        serve_pages(sandbox)
        yield sandbox


@pytest.fixture
def control(icloud):
    """Send a command; returns status and facts."""

    def say(verb, **facts):
        answer = requests.post(f"{icloud.apple_url}control/{verb}", json=facts, timeout=5)
        return answer.status_code, answer.json()

    return say


def test_everything_there_is_can_be_asked(icloud, account, app_password):
    answer = requests.get(f"{icloud.apple_url}control/", timeout=5)
    facts = answer.json()
    assert (facts["entry"], facts["down"]) == (icloud.entry_url, False)
    (anna,) = facts["accounts"]
    assert (anna["apple_id"], anna["app_passwords"]) == ("anna@example.com", ["Kalends"])
    assert [one["name"] for one in anna["calendars"]] == ["Reminders", "Home", "Work", "Team"]
    assert account.main_password not in answer.text
    assert app_password not in answer.text


def test_accounts_calendars_passwords_and_events_are_made(icloud, control):
    assert control("account", apple_id="ben@example.com", name="Ben", zone="Asia/Tokyo")[1]["dsid"] == "10000001"
    _, calendar = control("calendar", account="ben@example.com", name="Work", id="work", color="#FF0000FF")
    assert calendar["path"] == "/10000001/calendars/work/"
    _, made = control("app-password", account="10000001", label="Demo")
    ben = icloud.account("ben@example.com")
    assert ben.accepts(made["password"])
    _, event = control("event", account="10000001", calendar="work", title="Visit", start="2026-11-24T09:00", travel=30)
    assert b"DTSTART;TZID=Asia/Tokyo:20261124T090000" in ben.calendar("work").resources[event["href"]].data


def test_a_password_is_revoked_by_label_or_all_with_the_apple_password(control, account, app_password):
    assert control("revoke", account="anna@example.com", label="Kalends")[1]["app_passwords"] == []
    account.new_app_password("Again")
    assert control("main-password", account="anna@example.com")[1]["app_passwords"] == []
    account.new_app_password("Once more")
    assert control("revoke", account="anna@example.com")[1]["app_passwords"] == []


def test_icloud_goes_down_and_up(icloud, control, account, app_password):
    client = Client(icloud, account, (account.apple_id, app_password))
    assert control("down", on=True) == (200, {"down": True})
    assert client.propfind("/", d("displayname")).status == 503
    assert control("down", on=False) == (200, {"down": False})
    assert client.propfind("/", d("displayname")).status == 207


def test_the_next_event_is_dragged(icloud, control, account):
    tomorrow = f"{icloud.clock.now() + timedelta(days=1):%Y-%m-%d}"
    control("event", account="anna@example.com", calendar="work", title="Visit", start=f"{tomorrow}T23:30")
    status, dragged = control("drag", account="anna@example.com", minutes=90)
    assert (status, dragged["title"], dragged["start"][11:16]) == (200, "Visit", "01:00")
    assert control("drag", account="anna@example.com", uid="nobody")[0] == 400


def test_faults_switches_and_time_are_set(icloud, control):
    assert control("fault", status=500, times=2) == (200, {"faults": 1})
    assert control("clear-faults") == (200, {"faults": 0})
    assert control("switch", expired_token="410")[1]["expired_token"] == "410"
    before = icloud.clock.now()
    control("advance", seconds=3600)
    assert (icloud.clock.now() - before).total_seconds() >= 3600


def test_a_calendar_is_renamed_and_taken_away(control, account):
    assert (
        control("do", account="anna@example.com", calendar="work", do="rename", **{"with": ["New"]})[1]["name"] == "New"
    )
    control("do", account="anna@example.com", calendar="work", do="remove")
    assert "work" not in account.calendars
    assert control("do", account="anna@example.com", calendar="home", do="__init__")[0] == 400


def test_the_requests_can_be_read(icloud, control, account):
    Client(icloud, account, None).ask("PROPFIND", "/")
    assert control("log", clear=True)[1] == {"requests": ["PROPFIND / 401"], "stranger": []}
    assert control("log")[1]["requests"] == []


def test_what_it_does_not_understand_it_refuses(icloud, control, account):
    assert control("nonsense")[0] == 404
    assert control("revoke", account="nobody@example.com") == (
        404,
        {"error": "Missing or unknown: nobody@example.com."},
    )
    assert control("account")[0] == 404
    assert control("switch", expired_token="418")[0] == 400
    form = requests.post(f"{icloud.apple_url}control/revoke", data={"account": "anna@example.com"}, timeout=5)
    assert form.status_code == 415
    assert requests.get(f"{icloud.apple_url}control/down", timeout=5).status_code == 405

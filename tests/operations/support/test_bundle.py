"""The support bundle of the demo: it has what helps, and nothing of anybody."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest

from connections.models import Calendar, Connection, SyncRun
from connections.sync.run import sync_connection
from operations.account_check.check import check_calendar
from operations.support.bundle import bundle, write_bundle
from sandbox.server.server import Sandbox
from tests.factories import NOW
from tests.operations.support.secrets_of_demo import found_in, secrets_of

ODD = """BEGIN:VCALENDAR\r
VERSION:2.0\r
X-PRAXIS-WINTER:Frau Sommer\r
BEGIN:VEVENT\r
UID:clara.sommer@example.org\r
DTSTART;TZID="Praxis Winter":2026120110 Mara Winter\r
DTEND;X-CLIENT=Ida Lund:sometime\r
RRULE:FREQ=Noah Berg;BYDAY=+49 30 5550101\r
SUMMARY:Clara Sommer calls 030 1234567\r
ATTENDEE;CN=Esra Demir:mailto:esra.demir@example.org\r
Tom Hartley has no colon\r
END:VEVENT\r
END:VCALENDAR\r
"""


def opened(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def troubled(demo: Sandbox) -> Sandbox:
    """The demo with an event that nobody understands, a failing account, and a check of an account."""
    account = demo.account("mara.winter@icloud.com")
    calendar = next(one for one in account.calendars.values() if one.name == "Bookings")
    calendar.put("praxis-winter.ics", ODD.encode())
    mara = Connection.objects.get(username=account.apple_id)
    sync_connection(mara.pk, now=NOW, full=True)
    jonas = Connection.objects.get(username="jonas.field@icloud.com")
    Connection.objects.filter(pk=jonas.pk).update(
        error_code="foreign_home", error_params={"host": "mara.example.com", "status": 503, "calendar": "Praxis Winter"}
    )
    SyncRun.objects.create(
        connection=jonas, trigger="person", started_at=NOW, error_code="bug", error_params={"error": "Mara Winter"}
    )
    fresh = account.add_calendar("Frau Sommer")
    sync_connection(mara.pk, now=NOW, full=True)
    check_calendar(Calendar.objects.get(path=fresh.path), NOW)
    return demo


def test_nothing_of_anybody_in_the_demo_is_in_the_bundle(troubled: Sandbox) -> None:
    data = bundle(NOW)
    whole = b"\n".join([data, *(name.encode() + content for name, content in opened(data).items())])
    secrets = secrets_of(troubled) | {"Frau Sommer", "PRAXIS-WINTER", "mara.example.com", "Mara Winter"}
    assert len(secrets) > 100
    assert [secret for secret in sorted(secrets) if found_in(whole, secret)] == []


def test_the_search_finds_what_is_hidden_in_any_spelling() -> None:
    assert found_in(b"x Clara Sommer y", "Clara Sommer")
    assert found_in(b"clara%20sommer", "Clara Sommer")
    assert found_in("Clara Sommer".encode("utf-16-le"), "Clara Sommer")
    assert found_in(b"eHggQ2xhcmEgU29tbWVyIHl5", "Clara Sommer")
    assert found_in(b'"M\\u00fcller"', "Müller")
    assert not found_in(b"leased", "lea")


def test_it_says_how_connections_calendars_and_syncs_are(troubled: Sandbox) -> None:
    files = {name: json.loads(content) for name, content in opened(bundle(NOW)).items() if name.endswith(".json")}
    state: dict[str, Any] = files["state.json"]
    assert [(row["connection"], row["provider"], row["error_code"], row["status"]) for row in state["connections"]] == [
        (1, "icloud", "", None),
        (2, "icloud", "", None),
        (3, "icloud", "foreign_home", 503),
    ]
    assert sum(row["with_problem"] for row in state["calendars"]) == 1
    assert {(row["wanted"], row["state"]) for row in state["pushes"]["bookings"]} >= {("present", "pushed")}
    assert state["migrations"]["not_applied"] == []
    assert files["history.json"][0]["started_at"] >= files["history.json"][-1]["started_at"]
    assert any("PROPFIND 207" in run["answers"] for run in files["history.json"])
    assert [one["counts"]["different"] for one in files["account_checks.json"]] == [0]
    (odd,) = files["odd_events.json"]
    assert "BEGIN:VEVENT" in odd["structure"]
    assert (files["settings.json"]["SYNC_INTERVAL_SECONDS"], files["settings.json"]["BACKUP_KEY"]) == (300, "not set")
    assert files["versions.json"]["packages"]["django"] == files["versions.json"]["django"]


def test_the_file_is_for_its_user_only_and_never_overwritten(demo: Sandbox, tmp_path: Path) -> None:
    file = tmp_path / "support.zip"
    size = write_bundle(file, NOW)
    assert (stat.S_IMODE(file.stat().st_mode), file.stat().st_size) == (0o600, size)
    with pytest.raises(FileExistsError):
        write_bundle(file, NOW)


def test_the_bundle_of_an_empty_practice_has_all_files(db: None) -> None:
    assert sorted(opened(bundle(NOW))) == [
        "README.txt",
        "account_checks.json",
        "history.json",
        "odd_events.json",
        "settings.json",
        "state.json",
        "versions.json",
    ]

"""Giving a client everything that is kept of them."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.test import Client as Browser
from lxml import html

from bookings.models import Client, ClientChange
from bookings.records.export import export_client
from practice.models import Activity, User
from tests.factories import (
    NOW,
    BookingChangeFactory,
    BookingFactory,
    ClientFactory,
    MailFactory,
    ServiceFactory,
    UserFactory,
)
from tests.shell import ask, refusal
from tests.signed_in import sign_in_just_now

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]


@pytest.fixture
def clara() -> Client:
    clara = ClientFactory.create(
        name="Clara <Winter>", email="clara@example.org", phone="+49301234567", language="de", note="Tea."
    )
    staff = UserFactory.create(first_name="Anna", last_name="Berg")
    booking = BookingFactory.create(
        client=clara, staff=staff, service=ServiceFactory.create(name="Massage"), note="Door code 7"
    )
    booking.seats.update(note="My back", answers={"since": "May"}, asked={"since": "Since when?"}, outcome="done")
    BookingChangeFactory.create(booking=booking, reason="Ill")
    MailFactory.create(seat=booking.seat, state="sent", sent_at=NOW)
    values = {"email": "old@example.org"}, {"email": "clara@example.org"}
    ClientChange.objects.create(client=clara, at=NOW, kind="changed", before=values[0], after=values[1])
    return clara


def opened(content: bytes) -> tuple[Any, str]:
    """The data and the words of the page."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == ["client.json", "client.html"]
        page = html.fromstring(archive.read("client.html"))
        return json.loads(archive.read("client.json")), " ".join(page.text_content().split())


def test_the_data_has_everything_that_is_kept(clara: Client) -> None:
    data, _words = opened(export_client(clara, now=NOW))
    [booking] = data["bookings"]
    assert data["exported"] == "2026-11-30T08:00:00Z"
    assert data["client"] == {
        "number": clara.pk,
        "name": "Clara <Winter>",
        "email": "clara@example.org",
        "phone": "+49301234567",
        "language": "de",
        "time_zone": "",
        "note": "Tea.",
        "entered": "2026-11-30T08:00:00Z",
    }
    compared = ("series", "service", "with", "start", "note", "note_of_client", "answers", "questions", "outcome")
    assert {key: booking[key] for key in compared} == {
        "series": None,
        "service": "Massage",
        "with": "Anna Berg",
        "start": "2026-12-01T09:00:00Z",
        "note": "Door code 7",
        "note_of_client": "My back",
        "answers": {"since": "May"},
        "questions": {"since": "Since when?"},
        "outcome": "done",
    }
    assert [(one["what"], one["reason"]) for one in booking["history"]] == [("made", "Ill")]
    assert [(one["kind"], one["to"], one["sent"]) for one in data["mails"]] == [
        ("confirmation", "clara@example.org", "2026-11-30T08:00:00Z")
    ]
    assert [(one["before"], one["after"]) for one in data["changes"]] == [
        ({"email": "old@example.org"}, {"email": "clara@example.org"})
    ]


def test_the_page_can_be_read_in_the_clients_language(clara: Client) -> None:
    _data, words = opened(export_client(clara, now=NOW))
    expected = (
        "Was über Clara <Winter> gespeichert ist",
        "Tea.",
        "Massage",
        "My back",
        "Since when?: May",
        "old@example.org",
    )
    assert [one for one in expected if one not in words] == []


def test_all_that_the_page_says_is_its_main_part(clara: Client) -> None:
    with zipfile.ZipFile(io.BytesIO(export_client(clara, now=NOW))) as archive:
        body = html.fromstring(archive.read("client.html")).find("body")
    assert [element.tag for element in body] == ["main"]


def test_an_export_is_in_the_activity(clara: Client) -> None:
    anna = UserFactory.create()
    export_client(clara, now=NOW, actor=anna)
    assert list(Activity.objects.values_list("kind", "actor", "client")) == [("exported", anna.pk, clara.pk)]


def test_the_command_writes_a_file_for_nobody_else(clara: Client, tmp_path: Path) -> None:
    file = tmp_path / "clara.zip"
    answer = ask("export_client", "--client", clara.pk, "--output", file)
    assert (answer.code, answer.json["client"], answer.json["bytes"]) == (0, clara.pk, file.stat().st_size)
    assert (file.stat().st_mode & 0o777, opened(file.read_bytes())[0]["client"]["number"]) == (0o600, clara.pk)
    again = ask("export_client", "--client", clara.pk, "--output", file)
    assert again == refusal(f"{file} exists already. Choose another --output.")
    missing = ask("export_client", "--client", clara.pk, "--output", tmp_path / "none" / "a.zip")
    assert (missing.code, missing.error) == (
        1,
        f"{tmp_path / 'none' / 'a.zip'} cannot be written: No such file or directory.",
    )


def test_an_export_that_could_not_be_written_is_not_in_the_activity(clara: Client, tmp_path: Path) -> None:
    taken = tmp_path / "taken.zip"
    taken.touch()
    codes = [ask("export_client", "--client", clara.pk, "--output", one).code for one in (taken, tmp_path / "no" / "a")]
    assert (codes, Activity.objects.count()) == ([2, 1], 0)


def test_of_an_erased_client_nothing_is_exported(clara: Client, tmp_path: Path) -> None:
    ask("erase_client", "--client", clara.pk)
    answer = ask("export_client", "--client", clara.pk, "--output", tmp_path / "a.zip")
    assert answer == refusal("This client has been erased.")


# --- the owner's buttons ---------------------------------------------------------------------------


@pytest.fixture
def owner(client: Browser) -> Browser:
    sign_in_just_now(client, UserFactory.create(username="ida", role=User.Role.OWNER))
    return client


def test_the_owner_downloads_it(owner: Browser, clara: Client) -> None:
    response = owner.post(f"/clients/{clara.pk}/export/")
    assert response["Content-Disposition"] == f'attachment; filename="client-{clara.pk}.zip"'
    assert opened(response.content)[0]["client"]["name"] == "Clara <Winter>"
    assert Activity.objects.get(kind="exported").actor == User.objects.get(username="ida")


@pytest.mark.parametrize("step", ["export", "erase"])
def test_only_the_owner_exports_and_erases(client: Browser, clara: Client, step: str) -> None:
    client.force_login(User.objects.get(bookings__seats__client=clara))
    page = client.get(f"/clients/{clara.pk}/")
    assert (client.post(f"/clients/{clara.pk}/{step}/").status_code, b'id="export"' in page.content) == (403, False)
    clara.refresh_from_db()
    assert clara.erased_at is None

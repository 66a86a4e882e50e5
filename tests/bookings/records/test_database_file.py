"""Erasing a client leaves no trace in the file of the database and in its write-ahead log."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest
from django.db import connection

from bookings.models import Client
from bookings.records import scrub
from bookings.records.erase import erase_client
from tests.bookings.records.columns import columns_with
from tests.factories import NOW, BookingChangeFactory, BookingFactory, ClientFactory, MailFactory
from tests.shared_database import shared_database as shared_database  # a fixture
from tests.shell import ask, shown

NAME = "Zerlinda Quast"


def traces(url: str) -> list[str]:
    """The names of the files, and the columns, in which the name stands; PostgreSQL has columns only."""
    path = Path(url.removeprefix("sqlite:///"))
    files = sorted(path.parent.glob(f"{path.name}*")) if connection.vendor == "sqlite" else []
    return [file.name for file in files if NAME.encode() in file.read_bytes()] + columns_with(NAME)


@pytest.fixture
def client(shared_database: str) -> Client:
    """Somebody among hundreds, so that pages of the file were split, with rows that were changed and deleted."""
    client = ClientFactory.create(name=NAME)
    for number in range(300):
        ClientFactory.create(name=f"{number} " + "filler " * 20)
    booking = BookingFactory.create(client=client)
    for number in range(60):
        MailFactory.create(seat=booking.seat, state="sent", recipient=f"{number}.{NAME.replace(' ', '.')}@example.org")
        BookingChangeFactory.create(booking=booking)
    Client.objects.filter(name__contains="filler", pk__in=range(0, 300, 2)).delete()
    client.name = f"{NAME} the second"
    client.save()
    return client


@pytest.mark.processes
def test_the_command_leaves_no_trace_in_the_files(client: Client, shared_database: str) -> None:
    assert traces(shared_database) != []
    answer = ask("erase_client", "--client", client.pk)
    assert (answer.code, answer.json) == (
        0,
        {"client": client.pk, "events": 0, "unreached": [], "scrubbed": True},
    )
    assert traces(shared_database) == []


@pytest.mark.processes
def test_it_is_done_later_where_somebody_reads_the_database(
    client: Client, shared_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scrub, "PATIENCE_MS", 1)
    with contextlib.closing(reader(shared_database)):
        erase_client(client, now=NOW)
        is_done = scrub.scrub_if_due()
    assert is_done is (connection.vendor != "sqlite")
    assert (scrub.scrub_if_due(), Client.objects.filter(scrub_due=True).count()) == (True, 0)
    assert traces(shared_database) == []


def reader(url: str) -> sqlite3.Connection:
    """Another process that has begun to read, or on PostgreSQL an empty database that is nobody's."""
    path = url.removeprefix("sqlite:///") if connection.vendor == "sqlite" else ":memory:"
    other = sqlite3.connect(path)
    other.execute("BEGIN")
    other.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return other


@pytest.mark.django_db
def test_inside_a_transaction_nothing_is_scrubbed_and_the_command_says_so_on_sqlite() -> None:
    client = ClientFactory.create()
    said = shown("erase_client", "--client", client.pk).splitlines()
    later = ["The database is in use; the workers overwrite what is left in its file."]
    assert said == [f"Client {client.pk} is erased.", *(later if connection.vendor == "sqlite" else [])]


@pytest.mark.django_db
def test_nobody_is_erased_who_is_not_there_or_was_already() -> None:
    client = ClientFactory.create()
    assert ask("erase_client", "--client", client.pk + 1).error == f"There is no client {client.pk + 1}."
    ask("erase_client", "--client", client.pk)
    again = ask("erase_client", "--client", client.pk)
    assert (again.code, again.error) == (2, "This client has been erased already.")

from __future__ import annotations

import dataclasses
import random
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from django_q.models import Schedule

from availability.models import BlockedSlot
from bookings.models import Booking, Client, Mail
from bookings.records.erase import erase_client
from connections.models import Connection
from operations.backup.file import archive
from operations.backup.file.manifest import Manifest
from operations.backup.keys import new_backup_key
from operations.backup.writing import write_backup
from tests.factories import NOW, BlockedSlotFactory, BookingFactory, ClientFactory, ConnectionFactory, MailFactory
from tests.operations.backup.deployment import Deployment
from tests.operations.backup.restores import LATER, backed_up, former_clients, in_tests, refused, restored, sealed_again

ROOT = Path(__file__).parent.parent.parent.parent
DAMAGED = "The file is damaged, or no backup of Kalends. Take another one."


def test_bookings_and_uploads_are_as_they_were(deployment: Deployment) -> None:
    booking = BookingFactory.create(client__name="Clara")
    deployment.upload("logos/a.png", b"before")
    backed_up(deployment)
    Booking.objects.update(end=booking.end + timedelta(hours=1))
    Client.objects.update(name="Otto")
    BookingFactory.create(start=booking.start + timedelta(days=1))
    deployment.upload("logos/a.png", b"after")
    deployment.upload("logos/b.png", b"after")
    done = restored(deployment)
    assert list(Booking.objects.values_list("pk", "end", "seats__client__name")) == [(booking.pk, booking.end, "Clara")]
    assert (deployment.uploaded(), done.manifest.made_at, done.erased) == ({"logos/a.png": b"before"}, NOW, 0)


def test_what_was_there_before_is_kept(deployment: Deployment) -> None:
    backed_up(deployment)
    ClientFactory.create(name="Later")
    deployment.upload("later.png", b"later")
    done = restored(deployment)
    assert (Path(done.former_uploads) / "later.png").read_bytes() == b"later"
    assert former_clients(done) == [("Later",)]
    assert deployment.uploaded() == {}


def test_a_former_database_is_in_no_backup(deployment: Deployment) -> None:
    before = backed_up(deployment)
    restored(deployment)
    after = write_backup(deployment.target, now=LATER, key=deployment.key, overwrite=True)
    assert set(after.database.counts) == set(before.database.counts)
    assert [name for name in after.parts if "before" in name] == []


def test_ids_move_ahead_by_ten_thousand(deployment: Deployment) -> None:
    client, slot = ClientFactory.create(), BlockedSlotFactory.create()
    emptied = slot.pk
    slot.delete()
    backed_up(deployment)
    restored(deployment)
    assert ClientFactory.create().pk == client.pk + 10_001
    assert BlockedSlotFactory.create().pk == emptied + 10_001
    assert BlockedSlot.objects.count() == 1


def test_everybody_is_signed_out_and_every_row_can_be_taken(deployment: Deployment) -> None:
    Session.objects.create(session_key="k", session_data="", expire_date=LATER)
    MailFactory.create(claimed_until=LATER)
    ConnectionFactory.create(lease_until=LATER)
    backed_up(deployment)
    done = restored(deployment)
    assert done.manifest.database.counts["django_session"] == 1
    assert Session.objects.count() == 0
    assert set(Mail.objects.values_list("claimed_until", flat=True)) == {None}
    assert list(Connection.objects.values_list("lease_until", flat=True)) == [None]


def test_the_schedules_are_those_of_the_code(deployment: Deployment) -> None:
    Schedule.objects.create(name="of another version", func="no.such.function")
    backed_up(deployment)
    restored(deployment)
    names = set(Schedule.objects.values_list("name", flat=True))
    assert ("of another version" in names, "push events" in names) == (False, True)


def test_a_client_who_was_erased_after_the_backup_does_not_come_back(deployment: Deployment) -> None:
    clara, otto = ClientFactory.create(name="Clara Quast"), ClientFactory.create(name="Otto")
    backed_up(deployment)
    erase_client(clara, now=timezone.now())
    done = restored(deployment)
    assert done.erased == 1
    assert list(Client.objects.filter(erased_at=None).values_list("pk", "name")) == [(otto.pk, "Otto")]
    assert not Client.objects.filter(name__contains="Quast").exists()
    if connection.vendor == "sqlite":
        assert b"Quast" not in Path(str(connection.settings_dict["NAME"])).read_bytes()


def test_a_further_list_of_who_was_erased_counts_and_is_kept(deployment: Deployment) -> None:
    clara = ClientFactory.create()
    deployment.erased_log.write_text("2026-01-01T00:00:00Z another-one")  # without the end of its line
    backed_up(deployment)
    deployment.erased_log.unlink()
    further = deployment.home / "further.log"
    further.write_text(f"2026-11-30T09:00:00Z {clara.erasure_key}\n")
    assert restored(deployment, erased=further).erased == 1
    lines = deployment.erased_log.read_text().splitlines()
    assert lines[:2] == ["2026-01-01T00:00:00Z another-one", f"2026-11-30T09:00:00Z {clara.erasure_key}"]
    assert {line.split()[1] for line in lines} == {"another-one", clara.erasure_key}


def test_a_further_list_that_is_missing_is_refused(deployment: Deployment) -> None:
    backed_up(deployment)
    missing = deployment.home / "missing.log"
    assert refused(deployment, erased=missing) == f"There is no file {missing}."


def test_a_list_that_cannot_be_read_is_refused(deployment: Deployment) -> None:
    backed_up(deployment)
    deployment.erased_log.mkdir()
    assert refused(deployment) == "A list of who was erased cannot be used: Is a directory."


def test_a_database_with_bookings_is_replaced_only_where_that_is_wanted(deployment: Deployment) -> None:
    BookingFactory.create()
    backed_up(deployment)
    assert refused(deployment, replace=False) == (
        "This database has bookings. Add --replace to replace them by the backup."
    )


def test_a_database_without_bookings_is_replaced_at_once(deployment: Deployment) -> None:
    BookingFactory.create()
    backed_up(deployment)
    Booking.objects.all().delete()
    restored(deployment, replace=False)
    assert Booking.objects.count() == 1


def test_another_key_is_refused(deployment: Deployment) -> None:
    backed_up(deployment)
    sentence = "The backup was made with another BACKUP_KEY. Set the one of that time."
    assert refused(deployment, key=new_backup_key()) == sentence


@pytest.mark.parametrize("text", [b"", b"notes of mine", b"age-encryption.org/v1\n"])
def test_what_is_no_backup_is_refused(deployment: Deployment, text: bytes) -> None:
    deployment.target.write_bytes(text)
    assert refused(deployment) == DAMAGED


def test_a_file_that_is_missing_is_said(deployment: Deployment) -> None:
    assert refused(deployment) == "The backup cannot be read: No such file or directory."


def test_damage_anywhere_is_noticed(deployment: Deployment) -> None:
    deployment.upload("large", random.Random(1).randbytes(300_000))
    backed_up(deployment)
    whole = deployment.target.read_bytes()
    for place in range(300, len(whole), len(whole) // 7):
        deployment.target.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
        assert refused(deployment) == DAMAGED
    deployment.target.write_bytes(whole[:-70_000])
    assert refused(deployment) == DAMAGED


def test_a_part_that_differs_from_its_hash_is_noticed(deployment: Deployment) -> None:
    backed_up(deployment)
    wrong = {"database": archive.Part(1, "ab")}
    sealed_again(deployment, lambda manifest: dataclasses.replace(manifest, parts=wrong))
    assert refused(deployment) == DAMAGED


def test_a_newer_format_is_refused(deployment: Deployment) -> None:
    backed_up(deployment)
    sealed_again(deployment, lambda manifest: dataclasses.replace(manifest, format=2))
    assert refused(deployment) == ("A newer version of Kalends made this backup. Install that version, then try again.")


def test_a_backup_of_a_newer_version_is_refused(deployment: Deployment) -> None:
    version = backed_up(deployment).version

    def newer(manifest: Manifest) -> Manifest:
        facts = dataclasses.replace(manifest.database, migrations=["bookings.9999_later"])
        return dataclasses.replace(manifest, database=facts, version="99.0")

    sealed_again(deployment, newer)
    assert refused(deployment) == (
        f"Kalends 99.0 made this backup, and this is {version}. Install at least 99.0, then try again."
    )


def test_a_backup_of_another_kind_of_database_is_refused(deployment: Deployment) -> None:
    backed_up(deployment)
    other = "sqlite" if connection.vendor == "postgresql" else "postgresql"

    def change(manifest: Manifest) -> Manifest:
        return dataclasses.replace(manifest, database=dataclasses.replace(manifest.database, kind=other))

    sealed_again(deployment, change)
    assert refused(deployment) == (
        f"The backup has a database of the kind {other}, and DATABASE_URL names one of the kind {connection.vendor}."
    )


def test_a_database_with_other_rows_than_the_manifest_says_is_refused(deployment: Deployment) -> None:
    backed_up(deployment)

    def change(manifest: Manifest) -> Manifest:
        counts = manifest.database.counts | {"bookings_client": 7}
        return dataclasses.replace(manifest, database=dataclasses.replace(manifest.database, counts=counts))

    sealed_again(deployment, change)
    assert refused(deployment) == "The database in the backup is damaged. Take another backup."


def test_a_newer_server_or_another_schema_is_refused(deployment: Deployment) -> None:
    facts = backed_up(deployment).database
    if facts.kind == "sqlite":  # which has neither
        assert (facts.server, facts.schema) == (0, "")
        return
    newer = dataclasses.replace(facts, server=99)
    sealed_again(deployment, lambda manifest: dataclasses.replace(manifest, database=newer))
    assert refused(deployment) == (
        f"The backup was made with PostgreSQL 99, and this is {facts.server}. Use a server at least as new."
    )
    elsewhere = dataclasses.replace(facts, schema="elsewhere")
    sealed_again(deployment, lambda manifest: dataclasses.replace(manifest, database=elsewhere))
    assert refused(deployment) == (
        "The backup has its tables in the schema “elsewhere”, and this database uses “public”."
    )


def test_a_dump_that_ends_too_early_is_refused(deployment: Deployment) -> None:
    BookingFactory.create()
    backed_up(deployment)
    sealed_again(deployment, lambda manifest: manifest, cut=2_000)
    sentence = refused(deployment).partition(":")[0]
    assert sentence in ("The database in the backup is damaged. Take another backup.", "pg_restore failed")


def test_other_keys_of_fields_are_refused(deployment: Deployment, settings: pytest.FixtureRequest) -> None:
    settings.FERNET_KEYS = ["new", "old"]  # type: ignore[attr-defined]
    backed_up(deployment)
    settings.FERNET_KEYS = ["new"]  # type: ignore[attr-defined]
    assert refused(deployment) == (
        "The backup was made with other FERNET_KEYS. Add those of that time after the present ones, with commas."
    )
    settings.FERNET_KEYS = ["newest", "new", "old"]  # type: ignore[attr-defined]
    restored(deployment)


def test_an_older_database_is_migrated(deployment: Deployment) -> None:
    call_command("migrate", "django_q", "0017", verbosity=0)
    try:
        before = set(backed_up(deployment).database.migrations)
    finally:
        call_command("migrate", "django_q", verbosity=0)
    restored(deployment)
    after = set(write_backup(deployment.target, now=LATER, key=deployment.key, overwrite=True).database.migrations)
    assert {name.partition(".")[0] for name in after - before} == {"django_q"}


def test_a_restore_that_fails_at_its_last_step_leaves_the_former_state(deployment: Deployment) -> None:
    ClientFactory.create(name="Before")
    deployment.upload("a.png", b"before")
    backed_up(deployment)
    Client.objects.update(name="Now")
    deployment.upload("a.png", b"now")
    (deployment.home / "data" / f"uploads.before_restore-{LATER:%Y%m%dT%H%M%SZ}").mkdir()
    (deployment.home / "data" / f"uploads.before_restore-{LATER:%Y%m%dT%H%M%SZ}" / "x").write_text("in the way")
    assert refused(deployment) == "The uploads cannot be replaced: Directory not empty."
    assert list(Client.objects.values_list("name", flat=True)) == ["Now"]


HOLDER = """
import django
django.setup()
from bookings.models import Client
Client.objects.count()
print("connected", flush=True)
input()
"""


@pytest.mark.processes
def test_nothing_is_restored_while_another_process_uses_the_database(deployment: Deployment) -> None:
    backed_up(deployment)
    environment = in_tests(deployment)
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER], cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"connected\n"
        sentence = refused(deployment)
        other.communicate(b"\n")
    assert sentence == "Another process uses the database. Stop the web server and the workers, then try again."
    restored(deployment)


KILLED = """
import os, sys
import django
django.setup()
from datetime import datetime, UTC
from pathlib import Path
from operations.backup.databases.current import current_database
from operations.backup.keys import identity_of
from operations.backup.file.reading import read_backup
source, key, folder = sys.argv[1:]
manifest = read_backup(Path(source), Path(folder), identity_of(key))
with current_database().replaced_by(Path(folder) / "database", manifest.database, datetime.now(UTC)):
    os._exit(9)
"""


@pytest.mark.processes
def test_a_restore_that_was_killed_loses_nothing(deployment: Deployment) -> None:
    backed_up(deployment)
    ClientFactory.create(name="Now")
    folder = deployment.home / "folder"
    folder.mkdir()
    connection.close()
    environment = in_tests(deployment)
    command = [sys.executable, "-c", KILLED, str(deployment.target), deployment.key, str(folder)]
    assert subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 9
    (deployment.home / "data" / f"uploads.before_restore-{LATER:%Y%m%dT%H%M%SZ}").mkdir()
    done = restored(deployment)
    assert Client.objects.count() == 0
    assert former_clients(done) == [("Now",)]

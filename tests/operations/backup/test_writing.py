from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection

from operations.backup.errors import BackupRefused
from operations.backup.file.reading import read_backup
from operations.backup.keys import identity_of, new_backup_key
from operations.backup.writing import write_backup
from practice.models import Practice
from tests.factories import NOW, PASSWORD, BookingFactory, ClientFactory, ConnectionFactory
from tests.operations.backup.deployment import Deployment

ROOT = Path(__file__).parent.parent.parent.parent
WRITER = """
import django
django.setup()
from django.db import transaction
from bookings.models import Client
for number in range(10**6):
    with transaction.atomic():
        Client.objects.create(name=f"left {number}")
        Client.objects.create(name=f"right {number}")
    if number in (0, 40):
        print(number, flush=True)
"""


def refused(deployment: Deployment, *, overwrite: bool = False, target: Path | None = None) -> str:
    """Why no backup is written."""
    with pytest.raises(BackupRefused) as caught:
        write_backup(target or deployment.target, now=NOW, key=deployment.key, overwrite=overwrite)
    return str(caught.value)


def everything_below(*folders: Path) -> list[Path]:
    return [path for folder in folders for path in sorted(folder.rglob("*"))]


def test_a_backup_has_the_database_the_uploads_and_who_was_erased(deployment: Deployment, tmp_path: Path) -> None:
    BookingFactory.create()
    deployment.upload("logos/a.png", b"a picture")
    deployment.erased_log.write_text("2026-11-01T00:00:00Z abc\n")
    written = write_backup(deployment.target, now=NOW, key=deployment.key)
    folder = tmp_path / "read"
    folder.mkdir()
    assert read_backup(deployment.target, folder, identity_of(deployment.key)) == written
    assert sorted(written.parts) == ["database", "erased.log", "uploads/logos/a.png"]
    assert ((folder / "uploads/logos/a.png").read_bytes(), (folder / "erased.log").read_text()) == (
        b"a picture",
        "2026-11-01T00:00:00Z abc\n",
    )
    facts = written.database
    assert (facts.kind, facts.counts["bookings_booking"], written.made_at) == (connection.vendor, 1, NOW)
    assert "bookings.0001_initial" in facts.migrations


def test_only_its_user_can_read_it_and_nothing_else_stays(deployment: Deployment) -> None:
    write_backup(deployment.target, now=NOW, key=deployment.key)
    assert deployment.target.stat().st_mode & 0o777 == 0o600
    assert everything_below(deployment.target.parent, deployment.home) == [deployment.target, deployment.home / "data"]


def test_neither_names_nor_keys_can_be_read_in_it(deployment: Deployment, settings: object, tmp_path: Path) -> None:
    BookingFactory.create(client__name="Clara Client")
    ConnectionFactory.create()
    manifest = write_backup(deployment.target, now=NOW, key=deployment.key)
    folder = tmp_path / "read"
    folder.mkdir()
    read_backup(deployment.target, folder, identity_of(deployment.key))
    text, plain = deployment.target.read_bytes(), (folder / "database").read_bytes() + manifest.to_json()
    secrets = [deployment.key.encode(), *(key.encode() for key in settings.FERNET_KEYS)]  # type: ignore[attr-defined]
    assert [word for word in (b"Clara", b"sqlite", b"PGDMP", *secrets) if word in text] == []
    assert [secret for secret in (*secrets, PASSWORD.encode()) if secret in plain] == []


def test_an_existing_file_is_refused_and_stays(deployment: Deployment) -> None:
    deployment.target.write_text("mine")
    sentence = f"{deployment.target} exists. Choose another name, or add --overwrite."
    assert (refused(deployment), deployment.target.read_text()) == (sentence, "mine")


def test_an_existing_file_is_replaced_where_that_is_wanted(deployment: Deployment, tmp_path: Path) -> None:
    deployment.target.write_text("mine")
    written = write_backup(deployment.target, now=NOW, key=deployment.key, overwrite=True)
    folder = tmp_path / "read"
    folder.mkdir()
    assert read_backup(deployment.target, folder, identity_of(deployment.key)) == written


def test_a_folder_that_is_missing_or_cannot_be_written_is_said(deployment: Deployment) -> None:
    missing, proc = deployment.home / "nowhere", Path("/proc")
    assert refused(deployment, target=missing / "x") == (
        f"The folder {missing} cannot be written: No such file or directory."
    )
    assert refused(deployment, target=proc / "x") == "The folder /proc cannot be written: No such file or directory."


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """No file may become larger, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_that_is_full_leaves_neither_a_part_nor_a_copy(deployment: Deployment) -> None:
    deployment.upload("large", random.Random(1).randbytes(9_000_000))
    deployment.target.write_text("mine")
    with largest_file(8_000_000):  # enough for the copy of the database
        sentence = refused(deployment, overwrite=True)
    assert (sentence, deployment.target.read_text()) == ("The backup cannot be written: File too large.", "mine")
    assert everything_below(deployment.target.parent) == [deployment.target]
    assert list((deployment.home / "data").glob(".*")) == []


def test_a_disk_that_is_full_before_the_database_is_copied_is_said_too(deployment: Deployment) -> None:
    with largest_file(20_000):
        sentence = refused(deployment)
    assert sentence.startswith(("The database cannot be copied: ", "pg_dump failed: "))
    assert everything_below(deployment.target.parent, deployment.home) == [deployment.home / "data"]


def test_what_a_killed_backup_left_is_deleted_by_the_next(deployment: Deployment) -> None:
    left = deployment.home / "data" / ".backup-left"
    left.mkdir()
    (left / "copy").write_text("rows")
    deployment.target.with_name(f".{deployment.target.name}.left.part").write_text("half")
    write_backup(deployment.target, now=NOW, key=deployment.key)
    assert everything_below(deployment.target.parent, deployment.home) == [deployment.target, deployment.home / "data"]


def test_without_a_key_nothing_is_written(deployment: Deployment) -> None:
    with pytest.raises(BackupRefused, match="BACKUP_KEY is not set"):
        write_backup(deployment.target, now=NOW, key="")
    assert everything_below(deployment.target.parent) == []


def test_each_backup_can_be_opened_by_its_own_key_only(deployment: Deployment, tmp_path: Path) -> None:
    write_backup(deployment.target, now=NOW, key=deployment.key)
    with pytest.raises(BackupRefused, match="another BACKUP_KEY"):
        read_backup(deployment.target, tmp_path / "read", identity_of(new_backup_key()))


@pytest.mark.processes
def test_a_backup_taken_while_another_process_writes_is_consistent(deployment: Deployment) -> None:
    Practice.current()
    environment = {"DATABASE_URL": deployment.url, "DJANGO_SETTINGS_MODULE": "tests.settings", "PATH": ""}
    with subprocess.Popen(
        [sys.executable, "-c", WRITER], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as other:
        try:
            assert other.stdout is not None
            assert other.stdout.readline() == "0\n"
            counts = []
            for number in range(3):
                target = deployment.target.with_name(f"{number}.backup")
                counts.append(write_backup(target, now=NOW, key=deployment.key).database.counts["bookings_client"])
            assert other.stdout.readline() == "40\n"  # the writer was not stopped
        finally:
            other.kill()
    assert [count % 2 for count in counts] == [0, 0, 0]
    assert counts == sorted(counts)
    ClientFactory.create()


@pytest.mark.processes
def test_memory_does_not_grow_with_what_is_backed_up(deployment: Deployment) -> None:
    piece = random.Random(1).randbytes(1_000_000)
    peaks = []
    for megabytes in (1, 150):
        with deployment.upload("large", b"").open("wb") as file:
            for _ in range(megabytes):
                file.write(piece)
        peaks.append(peak_of_backup(deployment, deployment.target.with_name(f"{megabytes}.backup")))
    assert peaks[1] - peaks[0] < 8 << 20


def peak_of_backup(deployment: Deployment, target: Path) -> int:
    """How many octets of memory the command takes at most."""
    environment = {
        "DATABASE_URL": deployment.url,
        "DEBUG": "true",
        "KALENDS_HOME": str(deployment.home),
        "BACKUP_KEY": deployment.key,
        "PATH": os.environ["PATH"],
    }
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), "backup", str(target), "--json"],
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return used.ru_maxrss * 1024

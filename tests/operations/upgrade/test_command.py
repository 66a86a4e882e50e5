"""`kalends upgrade` as a shell runs it, on SQLite and on PostgreSQL, with a newer version that may fail to migrate."""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings

from operations.backup.keys import new_backup_key
from practice.version import version
from tests.shared_database import _url as url_of

pytestmark = pytest.mark.processes

ROOT = Path(__file__).parents[3]
NEWER = "tests.operations.upgrade.newer_settings"
MIGRATIONS = ["newer.0001_rename", "newer.0002_may_fail"]
PREPARE = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.factories import BookingFactory, ConnectionFactory
BookingFactory(client__name="Carla Müller"); ConnectionFactory()
"""
USE = """
import django; django.setup()
from tests.factories import ClientFactory
ClientFactory()
"""


@dataclass
class Deployment:
    """A folder of Kalends with a database, and the programs that stop and start it, which note when they are run."""

    home: Path
    url: str
    key: str = field(default_factory=new_backup_key)

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LC_ALL") if name in os.environ}
        own = {"KALENDS_HOME": str(self.home), "DATABASE_URL": self.url, "BACKUP_KEY": self.key, "DEBUG": "true"}
        return {**kept, **own, "BASE_URL": "http://127.0.0.1:9", "PYTHONPATH": str(ROOT)}

    def python(self, script: str) -> None:
        environment = {**self.environment, "DJANGO_SETTINGS_MODULE": "config.settings"}
        subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment, check=True, timeout=300)

    def kalends(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "config.command_line", *arguments]
        environment = {**self.environment, **more}
        return subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300
        )

    def upgrade(self, *arguments: str, start: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        """To the newer version, with commands that stop and start."""
        note = f"sh -c 'echo {{}} >> {self.home}/services'"
        commands = ("--stop-command", note.format("stop"), "--start-command", start or note.format("start"))
        return self.kalends("upgrade", "--json", *commands, *arguments, DJANGO_SETTINGS_MODULE=NEWER, **more)

    @property
    def services(self) -> list[str]:
        """What was stopped and started."""
        noted = self.home / "services"
        return noted.read_text().split() if noted.exists() else []

    def rows(self) -> list[Any]:
        """Everything that is in the tables that Kalends has today."""
        rows: list[Any] = json.loads(self.kalends("dumpdata", "--all").stdout)
        return rows

    def names(self) -> set[str]:
        """The first names of all users."""
        return {row["fields"]["first_name"] for row in self.rows() if row["model"] == "practice.user"}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an empty database of its own, of the kind that the suite uses."""
    own = settings.DATABASES["default"]
    if own["ENGINE"].endswith("sqlite3"):
        yield f"sqlite:///{tmp_path_factory.mktemp('upgrade') / 'kalends.sqlite3'}"
        return
    name = f"test_upgrade_{os.getpid()}"
    server = {"host": own["HOST"], "port": own["PORT"] or 5432, "user": own["USER"], "password": own["PASSWORD"]}
    with psycopg.connect(dbname="postgres", autocommit=True, **server) as connection:
        connection.execute(f"CREATE DATABASE {name} ENCODING UTF8 TEMPLATE template0")
        yield url_of({**own, "NAME": name})
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def prepared(url: str, tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """A deployment with a booking and an account."""
    deployment = Deployment(tmp_path_factory.mktemp("home"), url)
    deployment.python(PREPARE)
    return deployment


@pytest.fixture
def deployment(prepared: Deployment) -> Deployment:
    """The same, of which nothing was stopped or started yet."""
    (prepared.home / "services").unlink(missing_ok=True)
    return prepared


def test_a_migration_that_fails_leaves_everything_as_it_was(deployment: Deployment) -> None:
    before = deployment.rows()
    ended = deployment.upgrade(MIGRATION_FAILS="yes")
    data = json.loads(ended.stdout)
    assert (ended.returncode, data["steps"]) == (1, ["check", "stop", "backup", "restore"])
    sentence = (
        "The migration newer.0002_may_fail failed (tests.operations.upgrade.newer.migrations.0002_may_fail.Surprise). "
        "The tables are as they were before. Install the version of Kalends from before and start it."
    )
    assert (data["error"], ended.stderr) == (sentence, sentence + "\n")
    assert deployment.rows() == before
    assert deployment.services == ["stop"]
    assert deployment.kalends("migrate", "--check").returncode == 0
    assert "Carla" not in ended.stdout + ended.stderr


def test_a_version_in_a_folder_of_its_own_is_started_again(deployment: Deployment, tmp_path: Path) -> None:
    link = tmp_path / "current"
    link.symlink_to("0.0.9")
    (tmp_path / "0.0.9").mkdir()
    (deployment.home / "data").mkdir(exist_ok=True)
    (deployment.home / "data" / "version").write_text("0.0.9\n")
    before = deployment.rows()
    ended = deployment.upgrade("--link", str(link), MIGRATION_FAILS="yes")
    data = json.loads(ended.stdout)
    (deployment.home / "data" / "version").unlink()
    steps = ["check", "stop", "backup", "restore", "start_old"]
    assert (ended.returncode, data["from"], data["steps"]) == (1, "0.0.9", steps)
    assert data["error"].endswith("The tables are as they were before. Kalends was started again.")
    assert (os.readlink(link), deployment.services, deployment.rows()) == ("0.0.9", ["stop", "start"], before)


def test_an_upgrade_that_is_ended_meanwhile_leaves_everything_as_it_was(deployment: Deployment, tmp_path: Path) -> None:
    before = deployment.rows()
    marker = tmp_path / "migrating"
    environment = {**deployment.environment, "DJANGO_SETTINGS_MODULE": NEWER, "MIGRATION_WAITS": str(marker)}
    command = [sys.executable, "-m", "config.command_line", "upgrade", "--stop-command=true", "--start-command=true"]
    running = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 120
    while not marker.exists() and time.monotonic() < until:
        time.sleep(0.05)
    running.terminate()
    said = running.communicate(timeout=120)[1]
    assert (running.returncode, said.startswith("It was interrupted. The tables are as they were")) == (143, True), said
    assert deployment.rows() == before


def test_a_new_version_that_does_not_start_is_undone(deployment: Deployment) -> None:
    before = deployment.rows()
    ended = deployment.upgrade(start="sh -c 'echo No such thing. >&2; exit 3'")
    data = json.loads(ended.stdout)
    steps = ["check", "stop", "backup", "migrate", "stop", "restore"]
    assert (ended.returncode, data["steps"]) == (1, steps)
    assert "failed (3): No such thing. The tables are as they were before." in data["error"]
    assert deployment.rows() == before


def test_what_people_did_with_the_new_version_is_not_lost(deployment: Deployment) -> None:
    script = deployment.home / "start"
    script.write_text(
        f"#!/bin/sh\ncd {ROOT}\n"
        + "".join(f"export {name}='{value}'\n" for name, value in deployment.environment.items() if name != "HOME")
        + f"export DJANGO_SETTINGS_MODULE={NEWER}\n{sys.executable} -c '{USE}'\nexit 1\n"
    )
    script.chmod(0o700)
    before = len(deployment.rows())
    ended = deployment.upgrade(start=str(script))
    data = json.loads(ended.stdout)
    assert (ended.returncode, data["steps"]) == (1, ["check", "stop", "backup", "migrate"])
    assert "People have used the new version since, so the backup was not restored." in data["error"]
    assert len(deployment.rows()) > before


@pytest.fixture
def connected(url: str) -> Iterator[None]:
    """Another process is connected, and does nothing."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("SELECT count(*) FROM practice_user").fetchone()
            yield
    else:
        with psycopg.connect(url):
            yield


def test_while_kalends_runs_it_is_refused_unless_it_is_known_how_to_stop_it(
    deployment: Deployment, connected: None
) -> None:
    ended = deployment.kalends("upgrade", "--json", DJANGO_SETTINGS_MODULE=NEWER)
    sentence = (
        "Kalends runs. Stop the web server and all workers first, or say how: --unit for systemd, or --stop-command "
        "and --start-command."
    )
    assert (ended.returncode, json.loads(ended.stdout)) == (2, {"error": sentence})


@pytest.mark.parametrize(
    ("arguments", "more", "words"),
    [
        ([], {"BACKUP_KEY": ""}, "BACKUP_KEY is not set."),
        (["--stop-command", "true"], {}, "Give --unit, or both --stop-command and --start-command."),
        (["--link", str(ROOT)], {}, f"{ROOT} is no symbolic link."),
        (["--backup", "/nowhere/x"], {}, "The folder /nowhere cannot be written: No such file or directory."),
        (["--backup", __file__], {}, f"{__file__} exists. Choose another name."),
    ],
)
def test_what_cannot_work_is_refused_before_anything_is_stopped(
    deployment: Deployment, arguments: list[str], more: dict[str, str], words: str
) -> None:
    ended = deployment.kalends("upgrade", "--json", *arguments, **more)
    assert (ended.returncode, json.loads(ended.stdout)["error"].startswith(words)) == (2, True), ended
    assert deployment.services == []


@pytest.mark.parametrize("command", [["upgrade"], ["restore", "x.backup"]])
def test_only_one_upgrade_or_restore_runs_at_a_time(deployment: Deployment, command: list[str]) -> None:
    number = os.open(deployment.home, os.O_RDONLY)
    fcntl.flock(number, fcntl.LOCK_EX)
    ended = deployment.kalends(*command, "--json")
    os.close(number)
    sentence = "Another restore or upgrade of this deployment is under way."
    assert (ended.returncode, json.loads(ended.stdout)) == (2, {"error": sentence})


def test_an_upgrade_changes_the_tables_and_starts_the_new_version(deployment: Deployment, tmp_path: Path) -> None:
    link = tmp_path / "current"
    link.symlink_to("0.0.9")
    ended = deployment.upgrade("--link", str(link))
    data = json.loads(ended.stdout)
    assert (ended.returncode, data["steps"]) == (0, ["check", "stop", "backup", "migrate", "start"]), ended
    assert deployment.services == ["stop", "start"]
    assert os.readlink(link) == sys.prefix
    assert deployment.names() == {"Changed"}
    assert [path.name for path in (deployment.home / "data" / "upgrades").iterdir()] == [Path(data["backup"]).name]
    (tmp_path / "before-christmas.backup").touch()
    again = json.loads(deployment.upgrade("--backup", str(tmp_path / "own.backup")).stdout)
    assert (again["from"], again["to"], again["migrations"]) == (version(), version(), [])
    assert sorted(path.name for path in tmp_path.glob("*.backup")) == ["before-christmas.backup", "own.backup"]
    assert list((deployment.home / "data" / "upgrades").iterdir()) == []

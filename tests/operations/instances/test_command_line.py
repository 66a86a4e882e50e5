"""Ten practices on one machine: what is broken about one harms none of the other nine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.any_day import faketime_environment

pytestmark = pytest.mark.processes

ROOT = Path(__file__).parents[3]
NAMES = [f"practice{number}" for number in range(10)]
BROKEN = "practice4"
OTHERS = [name for name in NAMES if name != BROKEN]
KEY = "a key that nobody would guess, of one practice"
PREPARE = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.factories import ConnectionFactory
ConnectionFactory(username="anna@icloud.com", user__username="anna")
"""


@dataclass(frozen=True)
class Machine:
    """A folder with the files of the instances, and their folders."""

    folder: Path

    def home(self, name: str) -> Path:
        return self.folder / "homes" / name

    def configure(self, name: str, *lines: str) -> None:
        """Write the file of an instance: what it always has, and these lines."""
        file = self.folder / f"{name}.env"
        file.write_text("\n".join([f"KALENDS_HOME={self.home(name)}", f"FERNET_KEYS='{KEY}'", "DEBUG=true", *lines]))
        file.chmod(0o600)

    def database(self, name: str) -> Path:
        return self.home(name) / "data" / "kalends.sqlite3"

    def kalends_all(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run it as a shell would, with a setting in the environment that no instance may get."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LC_ALL") if name in os.environ}
        own = {"KALENDS_INSTANCES": str(self.folder), "DATABASE_URL": "sqlite:////nowhere/x", **faketime_environment()}
        command = [sys.executable, "-m", "operations.instances.command_line", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=kept | own, capture_output=True, text=True, timeout=300, check=False
        )


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of an instance with all tables and one connection."""
    home = tmp_path_factory.mktemp("prepared")
    environment = {**os.environ, "KALENDS_HOME": str(home), "FERNET_KEYS": KEY, "DEBUG": "true"}
    environment |= {"DJANGO_SETTINGS_MODULE": "config.settings", "DATABASE_URL": ""}
    del environment["DATABASE_URL"]
    subprocess.run([sys.executable, "-c", PREPARE], cwd=ROOT, env=environment, check=True, timeout=300)
    return home


@pytest.fixture
def machine(prepared: Path, tmp_path: Path) -> Machine:
    machine = Machine(tmp_path)
    for name in NAMES:
        shutil.copytree(prepared, machine.home(name))
        machine.configure(name)
    return machine


def healthy(name: str) -> str:
    return f"{name}: ok: 1  anna  anna@icloud.com: healthy"


def test_a_broken_database_harms_no_other_instance(machine: Machine) -> None:
    machine.database(BROKEN).write_bytes(b"This is no database. " * 1000)
    ended = machine.kalends_all("check_connections")
    broken = f"{BROKEN}: failed: The database cannot be used: file is not a database."
    lines = [broken if name == BROKEN else healthy(name) for name in NAMES]
    assert (ended.returncode, ended.stdout.splitlines()) == (1, lines), ended.stderr


def test_keys_that_decrypt_nothing_harm_no_other_instance(machine: Machine) -> None:
    machine.configure(BROKEN, "FERNET_KEYS='another key that nobody would guess, of nobody'")
    before = machine.database(BROKEN).read_bytes()
    ended = machine.kalends_all("--json", "reencrypt_passwords")
    rows = json.loads(ended.stdout)
    assert (ended.returncode, [row["instance"] for row in rows if row["ok"]]) == (1, OTHERS)
    assert {row["line"] for row in rows if row["ok"]} == {"1 password re-encrypted."}
    assert [(row["instance"], row["code"]) for row in rows if not row["ok"]] == [(BROKEN, 1)]
    assert machine.database(BROKEN).read_bytes() == before


def test_a_setting_that_is_invalid_harms_no_other_instance(machine: Machine) -> None:
    for name in NAMES[:3]:  # each command takes a second
        (machine.folder / f"{name}.env").unlink()
    machine.configure(BROKEN, "WORKERS=many")
    ended = machine.kalends_all("check")
    broken = f"{BROKEN}: failed: WORKERS is invalid. Set it to a number, or leave it out."
    sound = "ok: System check identified no issues (0 silenced)."
    lines = [broken if name == BROKEN else f"{name}: {sound}" for name in NAMES[3:]]
    assert (ended.returncode, ended.stdout.splitlines()) == (1, lines), ended.stderr


@pytest.fixture
def one(machine: Machine) -> Machine:
    """All instances but one are gone, and it is the broken one."""
    for name in OTHERS:
        (machine.folder / f"{name}.env").unlink()
    return machine


def answers(ended: subprocess.CompletedProcess[str]) -> Any:
    return json.loads(ended.stdout)


def test_the_json_of_the_command_is_in_the_json_of_all(one: Machine) -> None:
    ended = one.kalends_all("--json", "bookings", "--user", "anna", "--json")
    assert (ended.returncode, answers(ended)) == (0, [{"instance": BROKEN, "ok": True, "code": 0, "output": []}])


def test_with_a_name_the_command_runs_as_if_it_were_typed_alone(one: Machine) -> None:
    ended = one.kalends_all("--instance", BROKEN, "cancel", "--booking", "7")
    assert (ended.returncode, ended.stdout, ended.stderr) == (2, "", "There is no booking 7.\n")
    unknown = one.kalends_all("--instance", "summer", "check")
    words = f"There is no instance “summer”. There are: {BROKEN}.\n"
    assert (unknown.returncode, unknown.stderr) == (2, words)


def test_a_command_that_never_ends_is_ended(one: Machine) -> None:
    ended = one.kalends_all("--timeout", "0.2", "run", "--bind", "127.0.0.1:0")
    assert (ended.returncode, ended.stdout) == (1, f"{BROKEN}: failed: The command was ended after 0.2 seconds.\n")


def test_a_command_is_asked_for(one: Machine) -> None:
    ended = one.kalends_all("--json")
    assert (ended.returncode, ended.stderr.splitlines()[-1]) == (
        2,
        "kalends-all: error: give a COMMAND, such as check_connections",
    )


@pytest.mark.parametrize("seconds", ["nan", "-1", "0", "soon", "1e300"])
def test_a_timeout_is_a_number_of_seconds(tmp_path: Path, seconds: str) -> None:
    ended = Machine(tmp_path).kalends_all("--timeout", seconds, "check")
    words = "kalends-all: error: argument --timeout: give a number of seconds above 0"
    assert (ended.returncode, ended.stderr.splitlines()[-1]) == (2, words)


def test_without_instances_the_json_says_what_to_do(tmp_path: Path) -> None:
    ended = Machine(tmp_path).kalends_all("--json", "check")
    sentence = f"There is no file NAME.env in {tmp_path}. Set KALENDS_INSTANCES to the folder that has them."
    assert (ended.returncode, answers(ended), ended.stderr) == (2, {"error": sentence}, sentence + "\n")


def test_a_problem_with_a_file_takes_one_line(tmp_path: Path) -> None:
    (tmp_path / "winter.env").write_text('KALENDS_HOME="/nowhere\nDEBUG=true\n')
    (tmp_path / "winter.env").chmod(0o600)
    ended = Machine(tmp_path).kalends_all("check")
    assert (ended.returncode, len(ended.stdout.splitlines())) == (1, 1)

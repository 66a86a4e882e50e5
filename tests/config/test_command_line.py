"""`kalends` and `manage.py` are one command line: names with dashes, help, exit codes, languages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.command_line import command_name, split_commands
from practice.version import version

ROOT = Path(__file__).resolve().parents[2]
STYLES = (("manage.py",), ("-m", "config.command_line"))


def run(style: tuple[str, ...], *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    own = {"PATH": os.environ["PATH"], "DEBUG": "true", "DATABASE_URL": "sqlite://:memory:"}
    return subprocess.run(
        [sys.executable, *style, *arguments], cwd=ROOT, env=own | environment, capture_output=True, text=True
    )


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("support-bundle", "support_bundle"),
        ("support_bundle", "support_bundle"),
        ("check", "check"),
        ("--help", "--help"),
        ("--no-color", "--no-color"),
    ],
)
def test_words_of_a_command_may_have_dashes(typed: str, name: str) -> None:
    assert command_name(typed) == name


def test_commands_of_kalends_are_listed_apart_as_they_are_typed() -> None:
    commands = {"migrate": "django.core", "setup_url": "practice", "audit": "bookings", "qinfo": "django_q"}
    assert split_commands(commands) == (["audit", "demo", "setup-url"], ["migrate", "qinfo"])


@pytest.mark.processes
@pytest.mark.parametrize("style", STYLES, ids=["manage.py", "kalends"])
def test_help_lists_the_commands_of_kalends_first(style: tuple[str, ...]) -> None:
    done = run(style)
    lines = [line.strip() for line in done.stdout.splitlines()]
    assert (done.returncode, done.stderr) == (0, "")
    assert lines.index("Commands of Kalends") < lines.index("run") < lines.index("setup-schedules")
    assert lines.index("setup-schedules") < lines.index("Commands of Django and of other packages")
    assert lines.index("Commands of Django and of other packages") < lines.index("migrate")
    assert "demo" in lines
    assert "demo-polls" not in lines


@pytest.mark.processes
@pytest.mark.parametrize("style", STYLES, ids=["manage.py", "kalends"])
@pytest.mark.parametrize("asked", ["version", "--version"])
def test_the_version_is_that_of_kalends(style: tuple[str, ...], asked: str) -> None:
    assert run(style, asked).stdout == f"{version()}\n"


@pytest.mark.processes
@pytest.mark.parametrize("style", STYLES, ids=["manage.py", "kalends"])
def test_a_command_is_found_by_both_spellings_and_explains_itself_in_german(style: tuple[str, ...]) -> None:
    helps = [run(style, "help", name, LANG="de_DE.UTF-8") for name in ("setup-schedules", "setup_schedules")]
    assert [done.returncode for done in helps] == [0, 0]
    assert "JSON ausgeben" in helps[0].stdout
    assert helps[0].stdout == helps[1].stdout.replace("setup_schedules", "setup-schedules")


@pytest.mark.processes
@pytest.mark.parametrize("style", STYLES, ids=["manage.py", "kalends"])
@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("C", "WORKERS is invalid. Set it to a number, or leave it out."),
        ("de_DE.UTF-8", "WORKERS ist ungültig. Setzen Sie es auf eine Zahl, oder lassen Sie es weg."),
    ],
)
def test_invalid_settings_are_one_sentence_and_json(style: tuple[str, ...], language: str, sentence: str) -> None:
    done = run(style, "setup-schedules", "--json", LC_ALL=language, WORKERS="many")
    assert (done.returncode, done.stderr) == (1, f"{sentence}\n")
    assert json.loads(done.stdout) == {"error": sentence}


@pytest.mark.processes
@pytest.mark.parametrize("style", STYLES, ids=["manage.py", "kalends"])
def test_invalid_arguments_are_refused_and_unknown_commands_fail(style: tuple[str, ...]) -> None:
    assert run(style, "setup-schedules", "--nonsense").returncode == 2
    assert run(style, "nonsense").returncode == 1

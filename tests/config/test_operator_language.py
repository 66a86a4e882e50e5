"""Commands speak the language of the shell that runs them; what programs read stays as it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.operator_language import operator_language

ROOT = Path(__file__).resolve().parents[2]
GERMAN = {"LC_ALL": "de_DE.UTF-8"}


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "de"),
        ({"LANG": "de"}, "de"),
        ({"LANG": "de_AT@euro"}, "de"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "../de"}, "en"),
        ({"LC_MESSAGES": "de_CH.UTF-8", "LANG": "en_US.UTF-8"}, "de"),
        ({"LC_ALL": "C", "LC_MESSAGES": "de_DE.UTF-8", "LANG": "de_DE.UTF-8"}, "en"),
        ({"LC_ALL": "de_DE.UTF-8", "LC_MESSAGES": "C", "LANG": "C"}, "de"),
        ({"LC_ALL": "", "LANG": "de_DE.UTF-8"}, "de"),
        ({"LC_TIME": "de_DE.UTF-8", "LANG": "en_US.UTF-8"}, "en"),
    ],
)
def test_the_environment_names_the_language(environment: dict[str, str], language: str) -> None:
    assert operator_language(environment) == language


@pytest.mark.processes
def test_help_is_in_the_language_of_the_operator() -> None:
    german, english = run("connect_icloud", "--help", **GERMAN), run("connect_icloud", "--help")
    assert [german.stdout.split(":")[0], english.stdout.split(":")[0]] == ["Aufruf", "usage"]
    assert "Verbindet den iCloud-Account" in german.stdout
    assert "Connect a staff member's iCloud account." in english.stdout


@pytest.mark.processes
def test_what_is_missing_is_said_in_the_language_of_the_operator() -> None:
    ended = run("create_owner", **GERMAN)
    sentence = "create_owner: Es fehlt: --username, --email; siehe --help.\n"
    assert (ended.returncode, ended.stderr) == (2, sentence)


@pytest.mark.processes
@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (GERMAN, "WORKERS ist ungültig. Geben Sie eine Zahl an oder lassen Sie die Einstellung weg."),
        ({}, "WORKERS is invalid. Set it to a number, or leave it out."),
    ],
)
def test_invalid_settings_are_said_in_the_language_of_the_operator(language: dict[str, str], sentence: str) -> None:
    ended = run("setup_url", "--json", WORKERS="many", **language)
    assert (ended.returncode, json.loads(ended.stdout), ended.stderr) == (1, {"error": sentence}, f"{sentence}\n")


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """manage.py in an environment without any language but the one given."""
    named = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**named, "DEBUG": "true", "DATABASE_URL": "sqlite://:memory:", **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )

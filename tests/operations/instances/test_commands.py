"""A command for one instance runs in a process of its own, as whoever owns the folder of the instance."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from operations.instances import commands
from operations.instances.commands import CommandResult, run_for
from operations.instances.found import Instance

pytestmark = pytest.mark.processes

NOBODY = 65534


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    """An instance whose folder everybody can enter."""
    home = tmp_path / "home"
    home.mkdir()
    for folder in (home, *list(tmp_path.parents)[:-2], tmp_path):
        folder.chmod(folder.stat().st_mode | 0o011)
    return Instance("winter", {"KALENDS_HOME": str(home)})


def shell(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Let a shell run in the place of kalends."""
    monkeypatch.setattr(commands, "KALENDS", ("/bin/sh", "-c", script))


def test_root_runs_it_as_the_owner_of_the_folder(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = NOBODY if os.geteuid() == 0 else os.geteuid()  # nobody else can give a folder away
    os.chown(instance.home, owner, -1)
    shell(monkeypatch, 'echo "$(id -u) $(id -G | wc -w)"')
    ended = run_for(instance, [], 20)
    assert (ended.code, ended.line.split()[0]) == (0, str(owner))


def test_the_last_line_counts_and_of_a_failure_that_of_the_error(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell(monkeypatch, "echo one; echo two; echo; echo wrong >&2; exit $0")
    assert run_for(instance, ["0"], 20) == CommandResult("winter", 0, "two")
    assert run_for(instance, ["3"], 20) == CommandResult("winter", 3, "wrong")


def test_what_a_command_started_ends_with_it(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    shell(monkeypatch, "sleep 60 & sleep 60")
    assert run_for(instance, [], 0.2) == CommandResult("winter", 1, "The command was ended after 0.2 seconds.")


def test_an_instance_with_a_problem_is_not_tried() -> None:
    assert run_for(Instance("winter", problem="No."), [], 20) == CommandResult("winter", 1, "No.")


def test_json_is_on_one_line() -> None:
    assert CommandResult("winter", 0, "]", [{"ü": 1}]).text == 'winter: ok: [{"ü": 1}]'

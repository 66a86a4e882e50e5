"""The systemd units: systemd itself reads them, and says how much they would let a process do."""

from __future__ import annotations

import re
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest

pytestmark = pytest.mark.processes

UNITS = Path(__file__).parents[2] / "deploy" / "systemd"
NAMES = ["kalends-web.service", "kalends-worker.service", "kalends.service", "kalends@.service"]
PROGRAM = "/opt/kalends/current/bin/kalends"
MAX_EXPOSURE = 3.0


def systemd(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", *map(str, arguments)], capture_output=True, text=True, timeout=60, check=False
    )


def read(name: str) -> ConfigParser:
    unit = ConfigParser(strict=False, interpolation=None)  # a name may come twice: the last one counts here
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(UNITS / name)
    return unit


def test_these_are_the_units() -> None:
    assert sorted(path.name for path in UNITS.iterdir()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_systemd_finds_nothing_wrong_with_a_unit(name: str, tmp_path: Path) -> None:
    text = (UNITS / name).read_text()
    assert text.count(PROGRAM) == 1
    copy = tmp_path / name.replace("@", "@winter")
    copy.write_text(text.replace(PROGRAM, sys.executable))  # systemd looks whether the program is there
    verified = systemd("verify", copy)
    assert (verified.returncode, verified.stdout, verified.stderr) == (0, "", "")


@pytest.mark.parametrize("name", NAMES)
def test_a_unit_lets_processes_do_little(name: str) -> None:
    text = systemd("security", "--offline=true", "--no-pager", UNITS / name).stdout
    found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", text)
    assert found, text
    assert float(found.group(1)) < MAX_EXPOSURE


@pytest.mark.parametrize("name", NAMES)
def test_only_the_first_process_is_told_to_stop(name: str) -> None:
    assert read(name)["Service"]["KillMode"] == "mixed"


@pytest.mark.parametrize("name", NAMES)
def test_a_unit_does_not_run_as_root_and_its_folder_is_private(name: str) -> None:
    service = read(name)["Service"]
    assert service["User"].startswith("kalends")
    assert (service["StateDirectoryMode"], service["UMask"]) == ("0700", "0077")
    assert f"/var/lib/{service['StateDirectory']}" == service["WorkingDirectory"]


def test_each_practice_has_a_user_a_file_and_a_folder_of_its_own() -> None:
    service = read("kalends@.service")["Service"]
    assert (service["User"], service["EnvironmentFile"], service["StateDirectory"]) == (
        "kalends-%i",
        "/etc/kalends/%i.env",
        "kalends/%i",
    )

"""How Kalends is stopped and started, with a program in the place of systemd's that notes what it is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from operations.upgrade.errors import StepFailed
from operations.upgrade.services import ByHand, Commands, Systemd, choose

pytestmark = pytest.mark.processes

SYSTEMCTL = """#!/bin/sh
echo "$*" >> {folder}/asked
case "$1" in
start) [ -e {folder}/broken ] && {{ echo "Job failed." >&2; exit 1; }} ;;
show) cat {folder}/restarts ;;
esac
exit 0
"""


@pytest.fixture
def systemctl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder with what it was asked."""
    program = tmp_path / "systemctl"
    program.write_text(SYSTEMCTL.format(folder=tmp_path))
    program.chmod(0o700)
    (tmp_path / "restarts").write_text("0\n")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return tmp_path


def test_all_units_are_stopped_together_and_started_together(systemctl: Path) -> None:
    services = Systemd(["kalends-web", "kalends-worker.service"], steady_seconds=0)
    services.stop()
    services.start()
    both = "kalends-web.service kalends-worker.service"
    assert (systemctl / "asked").read_text().splitlines() == [
        f"stop {both}",
        f"reset-failed {both}",
        f"start {both}",
        "is-active --quiet kalends-web.service",
        "show --property=NRestarts --value kalends-web.service",
        "is-active --quiet kalends-worker.service",
        "show --property=NRestarts --value kalends-worker.service",
    ]


def test_a_unit_that_systemd_had_to_start_again_does_not_keep_running(systemctl: Path) -> None:
    (systemctl / "restarts").write_text("1\n")
    with pytest.raises(StepFailed) as raised:
        Systemd(["kalends"], steady_seconds=0).start()
    words = "The unit kalends.service does not keep running. See: journalctl -u kalends.service"
    assert str(raised.value) == words


def test_what_systemd_says_of_a_failure_is_passed_on(systemctl: Path) -> None:
    (systemctl / "broken").touch()
    with pytest.raises(StepFailed) as raised:
        Systemd(["kalends"], steady_seconds=0).start()
    assert str(raised.value) == "“systemctl start kalends.service” failed (1): Job failed."


def test_commands_run_without_a_shell_and_without_our_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "secret")
    services = Commands(f"sh -c 'env > {tmp_path}/env'", "false")
    services.stop()
    assert "secret" not in (tmp_path / "env").read_text()
    with pytest.raises(StepFailed) as raised:
        services.start()
    assert str(raised.value) == "“false” failed (1)."


def test_a_command_that_does_not_exist_is_said() -> None:
    with pytest.raises(StepFailed) as raised:
        Commands("/nowhere/stop --now", "true").stop()
    assert str(raised.value) == "“/nowhere/stop --now” cannot be run: No such file or directory."


def test_what_is_given_counts(systemctl: Path) -> None:
    assert isinstance(choose(["kalends"], "", "", ""), Systemd)
    assert isinstance(choose([], "true", "true", ""), Commands)


def test_where_systemd_runs_the_active_units_are_found(systemctl: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("operations.upgrade.services.SYSTEMD_RUNS", systemctl / "none")
    assert isinstance(choose([], "", "", ""), ByHand)
    monkeypatch.setattr("operations.upgrade.services.SYSTEMD_RUNS", systemctl)
    found = choose([], "", "", "winter")
    assert isinstance(found, Systemd)
    assert found.units == ["kalends@winter.service"]

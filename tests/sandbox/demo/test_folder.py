"""The demo's directory: its lock, its ports, its secrets, and the settings of its processes."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.demo.folder import FIRST_PORTS, Busy, DemoFolder, free_port


@pytest.fixture
def place(tmp_path: Path) -> DemoFolder:
    return DemoFolder(tmp_path / "demo")


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that is in use."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.mark.processes
def test_a_busy_port_is_stepped_over(taken: int) -> None:
    found = free_port(taken)
    assert taken < found < taken + 200
    with socket.create_server(("127.0.0.1", found)):
        pass


def test_a_port_that_is_spoken_for_is_stepped_over() -> None:
    first = free_port(20000)
    assert free_port(first, exclude=[first]) > first


@pytest.mark.processes
def test_two_demos_that_start_together_choose_different_ports() -> None:
    first = free_port(21000)
    script = f"from sandbox.demo.folder import free_port; print(free_port({first}))"
    other = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert int(other.stdout) > first


def test_every_listener_gets_a_port_of_its_own(place: DemoFolder) -> None:
    place.folder.mkdir()
    assert sorted(place.ports) == sorted(FIRST_PORTS)
    assert len(set(place.ports.values())) == len(FIRST_PORTS)


def test_the_next_start_has_the_same_ports_and_secrets(place: DemoFolder) -> None:
    place.folder.mkdir()
    again = DemoFolder(place.folder)
    assert (again.ports, again.secrets) == (place.ports, place.secrets)


@pytest.mark.processes
def test_a_port_that_was_taken_meanwhile_is_left_to_the_other(place: DemoFolder, taken: int) -> None:
    place.folder.mkdir()
    place.write("ports", web=taken)
    assert place.ports["web"] != taken


def test_secrets_are_long_different_and_only_the_owners(place: DemoFolder) -> None:
    place.folder.mkdir()
    made = place.secrets
    assert {name: len(value) for name, value in made.items()} == {"SECRET_KEY": 64, "FERNET_KEYS": 64}
    assert made["SECRET_KEY"] != made["FERNET_KEYS"]
    assert (place.folder / "secrets.json").stat().st_mode & 0o077 == 0


def test_a_second_demo_is_kept_out_and_told_where_the_first_one_is(place: DemoFolder) -> None:
    with place.lock():
        place.write("running", address="http://127.0.0.1:8000/demo/")
        with pytest.raises(Busy, match=r"^http://127.0.0.1:8000/demo/$"):
            place.lock()
    place.lock().close()


def test_clearing_forgets_everything_but_the_lock(place: DemoFolder) -> None:
    with place.lock():
        place.write("practice", weeks=[])
        place.logs.mkdir()
        (place.logs / "web.log").write_text("x")
        place.clear()
        assert [path.name for path in place.folder.iterdir()] == ["lock"]


def test_facts_that_were_cut_off_in_writing_count_as_none(place: DemoFolder) -> None:
    place.folder.mkdir()
    (place.folder / "practice.json").write_text('{"weeks": [')
    assert place.read("practice") == {}


def test_the_callers_settings_do_not_show_through(place: DemoFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    place.folder.mkdir()
    for name in ("KALENDS_HOME", "SECRET_KEY", "DATABASE_URL", "DEBUG", "REDIS_URL", "ICLOUD_CALDAV_URL"):
        monkeypatch.setenv(name, "theirs")
    ours = place.environment
    assert [name for name, value in ours.items() if value == "theirs"] == []
    assert ours["DEBUG"] == "false"
    assert ours["KALENDS_HOME"] == str(place.folder)
    assert ours["BASE_URL"] == f"http://127.0.0.1:{place.ports['web']}"
    assert ours["ALLOWED_PRIVATE_HOSTS"] == "127.0.0.1"


def test_a_directory_with_blanks_in_its_name_can_hold_a_demo(tmp_path: Path) -> None:
    import environ

    place = DemoFolder(tmp_path / "my demo")
    place.folder.mkdir()
    database = environ.Env.db_url_config(place.environment["DATABASE_URL"])
    mail = environ.Env.email_url_config(place.environment["EMAIL_URL"])
    assert database["NAME"] == str(place.folder / "kalends.sqlite3")
    assert mail["EMAIL_FILE_PATH"] == str(place.folder / "mail")

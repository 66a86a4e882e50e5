"""What is refused before anything is served."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from operations.serving.command import refuse_other_tables, web_options
from operations.serving.web import WebOptions
from practice.commands import Refused


def options(**changed: object) -> dict[str, object]:
    return {"bind": "127.0.0.1:0", "threads": 8, "access_log": False, **changed}


def refusal(**changed: object) -> str:
    with pytest.raises(Refused) as refused:
        web_options(options(**changed))
    return str(refused.value)


@pytest.mark.parametrize("bind", ["127.0.0.1:0", "localhost:0"])
def test_an_address_is_accepted(bind: str) -> None:
    assert web_options(options(bind=bind)) == WebOptions(bind)


@pytest.mark.parametrize("bind", ["127.0.0.1:port", "127.0.0.1:70000", "no host:80", "fd://x", "", "unix:"])
def test_what_is_no_address_is_refused(bind: str) -> None:
    assert refusal(bind=bind) == "--bind is no address. Give something like 127.0.0.1:8000."


@pytest.mark.processes
def test_an_address_in_use_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        bind = f"127.0.0.1:{other.getsockname()[1]}"
        sentence = f"Kalends cannot listen at {bind}: Address already in use. Choose another --bind."
        assert refusal(bind=bind) == sentence


@pytest.mark.processes
def test_a_socket_is_taken_from_nobody_who_listens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket has at most 107 characters
    sentence = "Kalends cannot listen at unix:{}: {}. Choose another --bind."
    assert web_options(options(bind="unix:new.sock")) == WebOptions("unix:new.sock")
    assert list(tmp_path.iterdir()) == []
    with socket.socket(socket.AF_UNIX) as other:
        other.bind("kalends.sock")
        other.listen()
        assert refusal(bind="unix:kalends.sock") == sentence.format("kalends.sock", "Address already in use")
    assert web_options(options(bind="unix:kalends.sock")) == WebOptions("unix:kalends.sock")  # nobody listens now
    (tmp_path / "file").touch()
    assert refusal(bind="unix:file") == sentence.format("file", "Address already in use")
    assert refusal(bind="unix:none/x.sock") == sentence.format("none/x.sock", "No such file or directory")


@pytest.mark.parametrize("name", ["threads", "processes", "workers"])
def test_fewer_than_one_is_refused(name: str) -> None:
    assert refusal(**{name: 0}) == f"--{name} must be at least 1."


@pytest.mark.django_db
def test_a_database_of_this_version_is_accepted() -> None:
    refuse_other_tables()


@pytest.mark.django_db
@pytest.mark.parametrize("command", ["run", "web", "worker"])
def test_a_database_that_lacks_a_migration_is_refused(command: str) -> None:
    recorded = MigrationRecorder(connection).migration_qs.filter(app="practice")
    newest = recorded.order_by("-name").first()
    recorded.filter(name=newest.name).delete()
    any_port = {} if command == "worker" else {"bind": "127.0.0.1:0"}
    with pytest.raises(Refused) as refused:
        call_command(command, **any_port)
    sentence = "The database lacks 1 migration. Run “kalends upgrade” or, if it is new, “kalends migrate”."
    assert str(refused.value) == sentence


@pytest.mark.django_db
@pytest.mark.parametrize("command", ["run", "web", "worker"])
def test_a_database_of_a_newer_version_is_refused(command: str) -> None:
    MigrationRecorder(connection).record_applied("practice", "9999_of_tomorrow")
    with pytest.raises(Refused) as refused:
        call_command(command, **({} if command == "worker" else {"bind": "127.0.0.1:0"}))
    sentence = "The tables are of a newer version of Kalends (practice.9999_of_tomorrow)."
    assert str(refused.value) == f"{sentence} Install that one, or a later one."

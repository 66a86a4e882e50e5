"""Settings that make no sense stop everything with their name and what to set."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import Environment, home

GIVEN = {
    "ONE": "1",
    "ON": "On",
    "OFF": "",
    "WORD": "soon",
    "HALF": "1.5",
    "HUGE": "1e999",
    "THOUSAND": "1e3",
    "SECRET": "x://a:b@",
    "PORT": "smtp://mail.example.com:abc",
    "NO_HOST": "smtp://",
    "PG_PORT": "postgres://127.0.0.1:abc/kalends",
    "NOWHERE": "sqlite:////proc/nope/kalends.sqlite3",
}


@pytest.fixture
def env(monkeypatch: pytest.MonkeyPatch) -> Environment:
    environment = Environment()
    monkeypatch.setattr(environment, "ENVIRON", GIVEN)
    return environment


def test_what_makes_sense_is_read(env: Environment) -> None:
    assert (env.int("ONE"), env.float("ONE"), env.bool("ON"), env.bool("OFF")) == (1, 1.0, True, False)
    assert (env.float("THOUSAND"), env.float("NONE", default=4)) == (1000.0, 4.0)
    assert (env.int("NONE", default=3), env.bool("NONE", default=True), env.list("WORD")) == (3, True, ["soon"])
    assert env.db_url("NONE", default="sqlite:////tmp/x")["ENGINE"] == "django.db.backends.sqlite3"
    assert env.email_url("NONE", default="consolemail://")["EMAIL_BACKEND"] == "config.console.EmailBackend"


@pytest.mark.parametrize(
    ("read", "name", "hint"),
    [
        ("int", "WORD", "Set it to a number, or leave it out."),
        ("int", "OFF", "Set it to a number, or leave it out."),
        ("int", "HALF", "Set it to a number, or leave it out."),
        ("float", "WORD", "Set it to a number, or leave it out."),
        ("float", "HUGE", "Set it to a number, or leave it out."),
        ("bool", "WORD", "Set it to true or false."),
        ("db_url", "SECRET", "Set it to something like postgres://kalends:password@127.0.0.1:5432/kalends."),
        ("db_url", "OFF", "Set it to something like postgres://kalends:password@127.0.0.1:5432/kalends."),
        ("db_url", "PG_PORT", "Set it to something like postgres://kalends:password@127.0.0.1:5432/kalends."),
        ("db_url", "NOWHERE", "Set it to a file in a folder that can be written."),
        ("email_url", "PORT", "Set it to something like smtp+tls://user:password@mail.example.com:587."),
        ("email_url", "NO_HOST", "Set it to something like smtp+tls://user:password@mail.example.com:587."),
        ("email_url", "SECRET", "Set it to something like smtp+tls://user:password@mail.example.com:587."),
    ],
)
def test_what_does_not_is_named_without_its_value(env: Environment, read: str, name: str, hint: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        getattr(env, read)(name)
    assert str(refused.value) == f"{name} is invalid. {hint}"


def test_a_file_that_is_no_text_is_named(env: Environment, tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"DEFAULT_FROM_EMAIL=M\xfcller")
    with pytest.raises(ImproperlyConfigured) as refused:
        env.read_env(tmp_path / ".env")
    assert str(refused.value) == f"{tmp_path}/.env is not UTF-8. Save it as UTF-8."
    env.read_env(tmp_path / "none")


def test_without_a_home_the_working_directory_is_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KALENDS_HOME", raising=False)
    assert home() == tmp_path
    (tmp_path / "practice").mkdir()
    monkeypatch.setenv("KALENDS_HOME", "practice")
    assert home() == tmp_path / "practice"


def test_a_home_that_does_not_exist_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KALENDS_HOME", str(tmp_path / "practise"))
    with pytest.raises(ImproperlyConfigured) as refused:
        home()
    assert str(refused.value) == ("KALENDS_HOME is no folder. Create it, set it to one that exists, or leave it out.")


def test_only_its_user_can_read_a_new_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "data" / "kalends.sqlite3"
    environment = Environment()
    monkeypatch.setattr(environment, "ENVIRON", {"DATABASE_URL": f"sqlite:///{file}"})
    umask = os.umask(0o022)
    environment.db_url()
    os.umask(umask)
    assert [stat.filemode(one.stat().st_mode) for one in (file.parent, file)] == ["drwx------", "-rw-------"]


def test_a_word_is_one_of_those_that_are_known(env: Environment) -> None:
    assert (env.one_of("WORD", ("later", "soon")), env.one_of("NONE", ("later", "soon"))) == ("soon", "later")
    with pytest.raises(ImproperlyConfigured) as refused:
        env.one_of("WORD", ("text", "json"))
    assert str(refused.value) == "WORD is invalid. Set it to one of: text, json."

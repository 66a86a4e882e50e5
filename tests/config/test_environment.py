"""Settings that make no sense stop everything with their name and what to set."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import Environment


@pytest.fixture
def env(monkeypatch: pytest.MonkeyPatch) -> Environment:
    environment = Environment()
    monkeypatch.setattr(
        environment, "ENVIRON", {"ONE": "1", "ON": "On", "OFF": "", "WORD": "soon", "SECRET": "x://a:b@"}
    )
    return environment


def test_what_makes_sense_is_read(env: Environment) -> None:
    assert (env.int("ONE"), env.float("ONE"), env.bool("ON"), env.bool("OFF")) == (1, 1.0, True, False)
    assert (env.int("NONE", default=3), env.bool("NONE", default=True), env.list("WORD")) == (3, True, ["soon"])
    assert env.db_url("NONE", default="sqlite:////tmp/x")["ENGINE"] == "django.db.backends.sqlite3"
    assert env.email_url("NONE", default="consolemail://")["EMAIL_BACKEND"] == "config.console.EmailBackend"


@pytest.mark.parametrize(
    ("read", "name", "hint"),
    [
        ("int", "WORD", "Set it to a number, or leave it out."),
        ("float", "WORD", "Set it to a number, or leave it out."),
        ("bool", "WORD", "Set it to true or false."),
        ("db_url", "SECRET", "Set it to something like postgres://kalends:password@127.0.0.1:5432/kalends."),
        ("email_url", "SECRET", "Set it to something like smtp+tls://user:password@mail.example.com:587."),
    ],
)
def test_what_does_not_is_named_without_its_value(env: Environment, read: str, name: str, hint: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        getattr(env, read)(name)
    assert str(refused.value) == f"{name} makes no sense as it is set. {hint}"

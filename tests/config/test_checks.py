"""A deployment that would be unsafe, or would not do what its settings say, does not start."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core import checks
from pytest_django import Settings

SECRET = "0123456789abcdef" * 3


@pytest.fixture(autouse=True)
def deployed(settings: Settings) -> None:
    """A deployment as it should be."""
    settings.DEBUG = False
    settings.SECRET_KEY, settings.FERNET_KEYS = SECRET, [SECRET]


def said() -> list[str]:
    """What the checks say of Kalends' own settings."""
    return [message.msg for message in checks.run_checks() if str(message.id).startswith("kalends.E")]


def test_a_deployment_as_it_should_be_is_let_start() -> None:
    assert said() == []


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SECRET_KEY", "development-only: never deploy with this", "SECRET_KEY is not set."),
        ("SECRET_KEY", "changeme", "SECRET_KEY is too easily guessed."),
        ("SECRET_KEY", f"django-insecure-{SECRET}", "SECRET_KEY is too easily guessed."),
        ("SECRET_KEY", "a" * 60, "SECRET_KEY is too easily guessed."),
        ("FERNET_KEYS", [""], "FERNET_KEYS is not set: app-specific passwords could not be encrypted."),
        ("FERNET_KEYS", [SECRET, "", "b"], "FERNET_KEYS has an empty key."),
        ("FERNET_KEYS", ["short", SECRET], "The first of FERNET_KEYS is too easily guessed."),
        ("METRICS_TOKEN", "metrics", "METRICS_TOKEN is too easily guessed."),
        ("STALE_POLICY", "maybe", "STALE_POLICY is 'maybe'."),
        ("SYNC_INTERVAL_SECONDS", 0, "SYNC_INTERVAL_SECONDS is out of its range."),
        ("SYNC_WINDOW_PAST_DAYS", -1, "SYNC_WINDOW_PAST_DAYS is out of its range."),
        ("BOOKING_HORIZON_DAYS", 10**9, "BOOKING_HORIZON_DAYS is out of its range."),
        ("FRESHNESS_DEADLINE_SECONDS", 0.0, "FRESHNESS_DEADLINE_SECONDS is out of its range."),
        ("TRUST_MINUTES", 10**12, "TRUST_MINUTES is out of its range."),
        ("HOLD_MINUTES", 31, "HOLD_MINUTES is out of its range."),
        ("HOLDS_PER_VISITOR", 0, "HOLDS_PER_VISITOR is out of its range."),
        ("BOOKING_RATE", 0, "BOOKING_RATE is out of its range."),
        ("CLIENT_RETENTION_MONTHS", 0, "CLIENT_RETENTION_MONTHS is out of its range."),
        ("WORKERS", 0, "WORKERS is out of its range."),
        ("AFTER_SYNC", "", "AFTER_SYNC is not the dotted name of a function."),
        ("AFTER_SYNC", "bookings.tasks.no_such_function", "AFTER_SYNC is not the dotted name of a function."),
        ("BASE_URL", "http://[::1", "BASE_URL is not the address of a site."),
        ("BASE_URL", "https://example.com/book", "BASE_URL is not the address of a site."),
        ("BASE_URL", "book.example.com", "BASE_URL is not the address of a site."),
        (
            "ICLOUD_CALDAV_URL",
            "https://u:secret@caldav.icloud.com/",
            "ICLOUD_CALDAV_URL is not the address of a server.",
        ),
        ("ICLOUD_CALDAV_URL", "https://caldav.icloud.com:port/", "ICLOUD_CALDAV_URL is not the address of a server."),
        (
            "ICLOUD_CALDAV_URL",
            "http://caldav.icloud.com/",
            "With ICLOUD_CALDAV_URL passwords would be sent unencrypted.",
        ),
        ("REDIS_URL", "nonsense", "REDIS_URL is not the address of a Redis."),
        (
            "ALLOWED_PRIVATE_HOSTS",
            ["cloud.home.arpa", "https://cloud.home.arpa/"],
            "ALLOWED_PRIVATE_HOSTS has something that is neither a host nor an address.",
        ),
    ],
)
def test_what_makes_no_sense_is_named(settings: Settings, name: str, value: Any, words: str) -> None:
    setattr(settings, name, value)
    assert said() == [words]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRUST_MINUTES", 0),
        ("FERNET_KEYS", [SECRET, "old"]),
        ("ICLOUD_CALDAV_URL", "http://127.0.0.1:8010/"),
        ("ICLOUD_CALDAV_URL", "http://[::1]:8010/"),
        ("REDIS_URL", "unix:///run/redis.sock"),
        ("ALLOWED_PRIVATE_HOSTS", ["cloud.home.arpa", "10.0.0.5", "fd00::/64", " "]),
        ("BASE_URL", "https://book.example.com:8443"),
    ],
)
def test_what_does_is_taken(settings: Settings, name: str, value: Any) -> None:
    setattr(settings, name, value)
    assert said() == []


@pytest.mark.parametrize("name", ["DEBUG", "DEMO"])
@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("https://book.example.com", ["{} is on, but BASE_URL is not on this machine."]),
        ("http://192.168.1.10:8000", ["{} is on, but BASE_URL is not on this machine."]),
        ("http://127.0.0.1:8000", []),
        ("http://[::1]:8000", []),
        ("http://localhost:8000", []),
    ],
)
def test_debug_and_demo_are_refused_beyond_this_machine(
    settings: Settings, name: str, address: str, words: list[str]
) -> None:
    setattr(settings, name, True)
    settings.BASE_URL = address
    assert said() == [one.format(name) for one in words]


@pytest.mark.filterwarnings("ignore:Overriding setting DATABASES")
@pytest.mark.parametrize(("mode", "warnings"), [(0o600, 0), (0o640, 2), (0o604, 2), (0o700, 0)])
def test_files_that_others_can_read_are_named_at_start(
    settings: Settings, tmp_path: Path, mode: int, warnings: int
) -> None:
    files = [tmp_path / ".env", tmp_path / "kalends.sqlite3"]
    for file in files:
        file.touch()
        file.chmod(mode)
    settings.HOME = tmp_path
    settings.DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(files[1])}}
    found = [message for message in checks.run_checks() if message.id == "kalends.W003"]
    assert [message.msg for message in found] == [f"Other users can read {file}." for file in files][:warnings]
    assert [message.hint for message in found] == [f"Run: chmod 600 {file}" for file in files][:warnings]


@pytest.mark.parametrize(
    ("backend", "warnings"),
    [
        ("config.console.EmailBackend", ["kalends.W004"]),
        ("django.core.mail.backends.filebased.EmailBackend", ["kalends.W004"]),
        ("django.core.mail.backends.smtp.EmailBackend", []),
    ],
)
def test_check_deploy_says_when_mails_are_only_printed(settings: Settings, backend: str, warnings: list[str]) -> None:
    settings.EMAIL_BACKEND = backend
    found = [[one.id for one in checks.run_checks(include_deployment_checks=deploy)] for deploy in (True, False)]
    assert [[one for one in ids if one == "kalends.W004"] for ids in found] == [warnings, []]

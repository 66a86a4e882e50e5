from __future__ import annotations

import io
import json
import sys
from datetime import time

import pytest
from django.core.management import CommandError, call_command

from availability.models import WorkingHours
from connections.models import CalendarConfiguration
from practice.models import User

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(PASSWORD + "\n"))


def create_staff(*arguments: str) -> str:
    out = io.StringIO()
    call_command("create_staff", *arguments, stdout=out)
    return out.getvalue()


def refusal(*arguments: str) -> tuple[int, str, object]:
    """The exit code, the sentence, and what --json prints besides."""
    out = io.StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("create_staff", *arguments, "--json", stdout=out)
    return caught.value.returncode, str(caught.value), json.loads(out.getvalue())


def test_a_staff_member_gets_a_zone_a_password_and_office_hours() -> None:
    printed = create_staff("--username", "anna", "--timezone", "Europe/Berlin", "--email", "anna@example.com")
    user = User.objects.get()
    assert printed == "Created anna in Europe/Berlin, with hours Monday to Friday 9:00-17:00.\n"
    assert (user.username, user.email, user.check_password(PASSWORD)) == ("anna", "anna@example.com", True)
    assert CalendarConfiguration.objects.get(user=user).time_zone == "Europe/Berlin"
    assert WorkingHours.objects.by_weekday() == {day: [(time(9), time(17))] for day in range(5)}


def test_bookings_of_a_staff_member_made_by_the_command_follow_whatever_the_day() -> None:
    create_staff("--username", "anna", "--timezone", "Europe/Berlin")
    assert CalendarConfiguration.objects.get().when_moved == CalendarConfiguration.WhenMoved.FOLLOW


def test_json_names_the_user_and_the_zone() -> None:
    printed = create_staff("--username", "ben", "--timezone", "America/New_York", "--json")
    assert json.loads(printed) == {"user": "ben", "time_zone": "America/New_York"}


@pytest.mark.parametrize(
    ("arguments", "password", "sentence"),
    [
        (
            ["--username", "ben", "--timezone", "Berlin"],
            PASSWORD,
            "“Berlin” is not a time zone. Give one like Europe/Berlin.",
        ),
        (
            ["--username", "anna", "--timezone", "UTC"],
            PASSWORD,
            "There is already a user “anna”; choose another --username.",
        ),
        (
            ["--username", "ANNA", "--timezone", "UTC"],
            PASSWORD,
            "There is already a user “anna”; choose another --username.",
        ),
        (["--username", "", "--timezone", "UTC"], PASSWORD, "Give a --username, such as anna."),
        (["--username", "ben", "--timezone", ""], PASSWORD, "Give a --timezone, such as Europe/Berlin."),
        (
            ["--username", "ben", "--timezone", "UTC"],
            "x7!",
            "This password is too short. It must contain at least 8 characters.",
        ),
        (
            ["--username", "ben", "--timezone", "UTC", "--email", "nowhere"],
            PASSWORD,
            "Enter a valid email address.",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], password: str, sentence: str
) -> None:
    User.objects.create_user("anna")
    monkeypatch.setattr(sys, "stdin", io.StringIO(password + "\n"))
    assert refusal(*arguments) == (2, sentence, {"error": sentence})
    assert [user.username for user in User.objects.all()] == ["anna"]


def test_an_email_address_that_somebody_has_is_refused() -> None:
    User.objects.create_user("ben", "ben@example.com")
    with pytest.raises(CommandError) as refused:
        create_staff("--username", "anna", "--timezone", "Europe/Berlin", "--email", "Ben@example.com")
    assert str(refused.value) == "There is already a user with this e-mail address."

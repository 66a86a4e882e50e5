"""Setting up a practice from a shell."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from PIL import Image

from practice.commands import Refused
from practice.management.commands import configure_practice
from practice.models import Logo, Practice, User
from practice.settings_page.forms import SettingsForm
from practice.setup.token import setup_address
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
ALL = {
    "--name": "Praxis Winter",
    "--country": "de",
    "--zone": "Europe/Berlin",
    "--phone": "030 1234567",
    "--email": "praxis@example.com",
    "--imprint": "Anna Winter, Weg 1",
    "--privacy": "We keep little.",
    "--language": "de",
}


def run(*arguments: str) -> Any:
    """What a command prints with --json."""
    printed = io.StringIO()
    call_command(*arguments, "--json", stdout=printed)
    return json.loads(printed.getvalue())


def configure(options: dict[str, str]) -> Any:
    return run("configure_practice", *(f"{name}={value}" for name, value in options.items()))


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery\n"))


def test_with_all_options_and_a_mail_server_clients_can_book(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    data = configure(ALL)
    assert (data["clients_can_book"], data["missing"], data["sender"], data["country"]) == (
        True,
        [],
        "praxis@example.com",
        "DE",
    )
    assert (Practice.current().privacy_notice, Practice.current().time_zone) == ("We keep little.", "Europe/Berlin")


def test_where_mails_are_only_printed_it_says_so(settings: Any) -> None:
    settings.EMAIL_BACKEND = "config.console.EmailBackend"
    data = configure(ALL)
    assert (data["clients_can_book"], data["missing"]) == (
        False,
        ["Set EMAIL_URL to your mail server. Now e-mails are only printed, not sent."],
    )


def test_what_is_given_is_set_and_the_rest_stays() -> None:
    configure(ALL)
    data = configure({"--phone": "040 7654321", "--sender": "book@example.com", "--colour": "#1c3678"})
    assert {name: data[name] for name in ("name", "phone", "sender", "colour", "email")} == {
        "name": "Praxis Winter",
        "phone": "040 7654321",
        "sender": "book@example.com",
        "colour": "#1c3678",
        "email": "praxis@example.com",
    }


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("--country", "Germany", "Enter the two letters of a country, such as DE."),
        ("--country", "UK", "There is no country “UK”."),
        ("--zone", "Berlin", "“Berlin” is not a time zone. Give one like Europe/Berlin."),
        ("--colour", "#eeeeee", "White text on #eeeeee cannot be read well"),
        ("--language", "xx", "Value 'xx' is not a valid choice."),
        ("--max-upcoming", "0", "Enter at least 1, or nothing for no limit."),
        ("--retention-months", "1201", "Enter at most 1200."),
        ("--email", "praxis", "Enter a valid email address."),
        ("--logo", "/nowhere/logo.png", "/nowhere/logo.png cannot be read: No such file or directory."),
    ],
)
def test_a_wrong_value_is_refused_and_nothing_is_set(option: str, value: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        configure({**ALL, option: value})
    assert (sentence in str(refused.value), Practice.objects.count()) == (True, 0)


def test_a_logo_comes_from_a_file_and_goes_with_an_empty_one(tmp_path: Path) -> None:
    Image.new("RGB", (30, 10)).save(tmp_path / "logo.webp")
    assert configure({"--logo": str(tmp_path / "logo.webp")})["logo"] == f"/brand/logo/{Logo.objects.get().digest}/"
    assert configure({"--logo": ""})["logo"] == ""
    (tmp_path / "logo.svg").write_text("<svg/>")
    with pytest.raises(Refused) as refused:
        configure({"--logo": str(tmp_path / "logo.svg")})
    assert str(refused.value) == "This is no picture that can be used. Take a PNG, JPEG or WebP file."


def test_search_engines_are_asked_and_allowed_again() -> None:
    found = [run("configure_practice", f"--{no}hidden-from-search")["hidden_from_search"] for no in ("", "no-")]
    assert found == [True, False]


def test_the_command_sets_whatever_the_page_of_the_settings_sets() -> None:
    parser = configure_practice.Command().create_parser("manage.py", "configure_practice")
    options = {action.dest for action in parser._actions}
    assert {field for field in SettingsForm.Meta.fields if field not in options} == {"time_zone", "privacy_notice"}
    assert {"zone", "privacy"} <= options


def test_numbers_limits_and_switches_are_set_and_taken_back() -> None:
    chosen = {"--max-upcoming": "3", "--retention-months": "6", "--calendar-limit": "busy"}
    names = ("max_upcoming", "retention_months", "calendar_limit", "second_factor_required", "front_desk_decides")
    switches = ["--second-factor-required", "--no-front-desk-decides"]
    data = run("configure_practice", *(f"{name}={value}" for name, value in chosen.items()), *switches)
    assert [data[name] for name in names] == [3, 6, "busy", True, False]
    assert [configure({})[name] for name in names] == [3, 6, "busy", True, False]
    data = configure({"--max-upcoming": "none", "--retention-months": "none"})
    assert [data[name] for name in names] == [None, 12, "busy", True, False]


def test_a_first_country_does_not_replace_the_limit_that_is_given_with_it() -> None:
    assert configure({"--country": "DE", "--calendar-limit": "name"})["calendar_limit"] == "name"


def test_an_owner_signs_in_and_may_do_everything(typed: None, client: Client) -> None:
    assert run("create_owner", "--username=anna", "--email=anna@example.com") == {
        "user": "anna",
        "email": "anna@example.com",
        "role": "owner",
    }
    assert client.login(username="anna", password="correct horse battery") is True
    assert [client.get(path).status_code for path in ("/team/settings/", "/admin/")] == [200, 200]


@pytest.mark.parametrize(("name", "email"), [("ANNA", "new@example.com"), ("ben", "ANNA@example.com"), (" ", "")])
def test_nobody_is_made_twice(typed: None, name: str, email: str) -> None:
    UserFactory(username="anna", email="anna@example.com")
    with pytest.raises(Refused):
        run("create_owner", f"--username={name}", f"--email={email}")
    assert User.objects.count() == 1


def test_the_setup_address_is_printed_until_there_is_a_user() -> None:
    assert run("setup_url") == {"url": setup_address()}
    UserFactory()
    with pytest.raises(Refused) as refused:
        run("setup_url")
    assert str(refused.value) == "There is a user already. Make further owners with create_owner."

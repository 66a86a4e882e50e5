"""What the connection forms accept, refuse, and say."""

from __future__ import annotations

import pytest

from connections.accounts import ConnectFailed
from connections.forms import AccountForm, PasswordForm
from connections.problems import Problem
from connections.providers import PROVIDERS, provider_named, provider_words

ICLOUD = provider_named("icloud")
UNSHAPED = (
    "That does not look like an app-specific password: those are 16 letters in four groups, like "
    "abcd-efgh-ijkl-mnop. Your normal password never works here, so nothing was sent. Make an app-specific one at "
    "account.apple.com."
)


@pytest.mark.parametrize(
    "pasted",
    ["abcd-efgh-ijkl-mnop", "abcdefghijklmnop", " abcd efgh ijkl mnop ", "ABCD-EFGH-IJKL-MNOP", "abcd–efgh–ijkl–mnop"],
)
def test_an_app_specific_password_is_accepted_however_it_was_copied(pasted: str) -> None:
    form = PasswordForm({"app_password": pasted}, provider=ICLOUD)
    assert form.is_valid() is True
    assert form.cleaned_data == {"app_password": "abcd-efgh-ijkl-mnop"}


@pytest.mark.parametrize("typed", ["Sommer2026!", "abcd-efgh-ijkl", "abcd-efgh-ijkl-mno1", "correct horse battery"])
def test_what_is_shaped_like_a_normal_password_is_refused_with_a_sentence(typed: str) -> None:
    form = PasswordForm({"app_password": typed}, provider=ICLOUD)
    assert form.errors == {"app_password": [UNSHAPED]}


def test_another_server_may_use_passwords_of_any_shape() -> None:
    form = PasswordForm({"app_password": "Sommer2026!"}, provider=provider_named("caldav"))
    assert form.is_valid() is True
    assert form.cleaned_data == {"app_password": "Sommer2026!"}


def test_an_apple_id_must_be_an_email_address() -> None:
    form = AccountForm({"apple_id": "anna", "app_password": "abcdefghijklmnop"}, provider=ICLOUD)
    assert form.errors == {
        "apple_id": [
            "An Apple ID is an e-mail address, like anna@example.com. Check what is missing; nothing was sent."
        ]
    }


def test_empty_fields_say_what_belongs_there() -> None:
    assert AccountForm({}, provider=ICLOUD).errors == {
        "apple_id": ["Enter the e-mail address of your Apple Account."],
        "app_password": ["Enter the app-specific password that Apple’s page shows."],
    }


def test_a_password_never_comes_back_in_the_field() -> None:
    form = AccountForm({"apple_id": "anna", "app_password": "Sommer2026!"}, provider=ICLOUD)
    assert form.is_valid() is False
    assert "Sommer2026!" not in str(form)


@pytest.mark.parametrize(
    ("field", "shown_at"), [("app_password", "app_password"), ("", "__all__"), ("apple_id", "apple_id")]
)
def test_a_refusal_stands_at_the_field_that_it_concerns(field: str, shown_at: str) -> None:
    form = AccountForm({"apple_id": "anna@example.com", "app_password": "abcdefghijklmnop"}, provider=ICLOUD)
    form.is_valid()
    form.refuse(ConnectFailed(Problem("not_accepted", words=provider_words("icloud")), field))
    assert form.errors == {shown_at: ["Not accepted. Mistyped, revoked, or made under another Apple Account."]}


def test_a_refusal_about_a_field_that_the_form_lacks_stands_above_it() -> None:
    form = PasswordForm({"app_password": "abcdefghijklmnop"}, provider=ICLOUD)
    form.is_valid()
    form.refuse(ConnectFailed(Problem("not_accepted", words=provider_words("icloud")), "apple_id"))
    assert form.errors == {"__all__": ["Not accepted. Mistyped, revoked, or made under another Apple Account."]}


def test_an_address_is_asked_for_only_where_a_person_must_know_it() -> None:
    fields = {slug: list(AccountForm(provider=one).fields) for slug, one in PROVIDERS.items() if one.is_two_way}
    asking = ["nextcloud", "caldav", "owncloud", "synology", "radicale", "baikal"]
    assert {slug: "url" in names for slug, names in fields.items()} == {slug: slug in asking for slug in fields}
    assert fields["nextcloud"] == ["url", "username", "app_password"]


def test_empty_fields_say_what_belongs_there_in_the_words_of_the_provider() -> None:
    assert AccountForm({}, provider=provider_named("nextcloud")).errors == {
        "url": ["Enter the address of the server, like https://cloud.example.org."],
        "username": ["Enter the login name that Nextcloud’s settings show."],
        "app_password": ["Enter the password: without one nothing was sent."],
    }


def test_a_user_name_need_not_be_an_address_where_the_server_has_its_own() -> None:
    typed = {"username": "anna", "app_password": "secret", "url": "cloud.example.org"}
    assert AccountForm(typed, provider=provider_named("nextcloud")).is_valid() is True
    assert AccountForm(typed, provider=provider_named("fastmail")).errors == {
        "username": [
            "The user name is an e-mail address, like anna@example.com. Check what is missing; nothing was sent."
        ]
    }

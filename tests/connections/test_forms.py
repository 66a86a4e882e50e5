"""What the connection forms accept, refuse, and say."""

from __future__ import annotations

import pytest

from connections.accounts import ConnectFailed
from connections.forms import ICloudForm, PasswordForm
from connections.problems import Problem
from connections.providers import provider_words

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
    form = PasswordForm({"app_password": pasted})
    assert form.is_valid() is True
    assert form.cleaned_data == {"app_password": "abcd-efgh-ijkl-mnop"}


@pytest.mark.parametrize("typed", ["Sommer2026!", "abcd-efgh-ijkl", "abcd-efgh-ijkl-mno1", "correct horse battery"])
def test_what_is_shaped_like_a_normal_password_is_refused_with_a_sentence(typed: str) -> None:
    form = PasswordForm({"app_password": typed})
    assert form.errors == {"app_password": [UNSHAPED]}


def test_another_server_may_use_passwords_of_any_shape() -> None:
    form = PasswordForm({"app_password": "Sommer2026!"}, any_shape=True)
    assert form.is_valid() is True
    assert form.cleaned_data == {"app_password": "Sommer2026!"}


def test_an_apple_id_must_be_an_email_address() -> None:
    form = ICloudForm({"username": "anna", "app_password": "abcdefghijklmnop"})
    assert form.errors == {
        "username": ["An Apple ID is an e-mail address, like anna@example.com. Check what is missing."]
    }


def test_empty_fields_say_what_belongs_there() -> None:
    assert ICloudForm({}).errors == {
        "username": ["Enter the e-mail address of your Apple Account."],
        "app_password": ["Enter the app-specific password that Apple’s page shows."],
    }


def test_a_password_never_comes_back_in_the_field() -> None:
    form = ICloudForm({"username": "anna", "app_password": "Sommer2026!"})
    assert form.is_valid() is False
    assert "Sommer2026!" not in str(form)


@pytest.mark.parametrize(
    ("field", "shown_at"), [("app_password", "app_password"), ("", "__all__"), ("username", "username")]
)
def test_a_refusal_stands_at_the_field_that_it_concerns(field: str, shown_at: str) -> None:
    form = ICloudForm({"username": "anna@example.com", "app_password": "abcdefghijklmnop"})
    form.is_valid()
    form.refuse(ConnectFailed(Problem("not_accepted", words=provider_words("icloud")), field))
    assert form.errors == {shown_at: ["Not accepted. Mistyped, revoked, or made under another Apple Account."]}


def test_a_refusal_about_a_field_that_the_form_lacks_stands_above_it() -> None:
    form = PasswordForm({"app_password": "abcdefghijklmnop"})
    form.is_valid()
    form.refuse(ConnectFailed(Problem("not_accepted", words=provider_words("icloud")), "username"))
    assert form.errors == {"__all__": ["Not accepted. Mistyped, revoked, or made under another Apple Account."]}

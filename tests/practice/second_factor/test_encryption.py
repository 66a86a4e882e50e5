"""The secrets of second factors are encrypted at rest, and stay so in what `dumpdata` prints."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.core.management import call_command
from django.test import Client

from practice.commands import Failed
from practice.second_factor.encryption import decrypt, encrypt
from tests.factories import UserFactory
from tests.pages import texts
from tests.practice.second_factor.factors import code, recovery_codes, set_up_app, sign_in

pytestmark = pytest.mark.django_db


def dumped() -> str:
    out = io.StringIO()
    call_command("dumpdata", stdout=out)
    return out.getvalue()


def test_neither_the_table_nor_dumpdata_has_a_secret_in_clear() -> None:
    user = UserFactory()
    secret = set_up_app(user)
    stored = dict(Authenticator.objects.values_list("type", "data"))
    seed = decrypt(stored["recovery_codes"]["seed"])
    assert decrypt(stored["totp"]["secret"]) == secret
    text = dumped()
    assert [part in text for part in (secret, seed, *recovery_codes(user))] == [False] * 12


def test_the_secret_of_an_app_that_is_being_set_up_is_encrypted_too(client: Client) -> None:
    UserFactory(username="anna")
    sign_in(client)
    [secret] = texts(client.get("/account/second-factor/app/"), "//code")
    assert secret not in str(dict(client.session))
    wrong = client.post("/account/second-factor/app/", {"code": "000000"})
    assert texts(wrong, "//code") == [secret]
    assert client.post("/account/second-factor/app/", {"code": code(secret)}).status_code == 302
    assert "mfa.totp.secret" not in client.session


def test_an_old_key_still_decrypts_and_the_command_encrypts_with_the_new_one(settings: Any) -> None:
    user = UserFactory()
    secret = set_up_app(user)
    old = settings.FERNET_KEYS
    settings.FERNET_KEYS = ["a new key of this deployment", *old]
    out = io.StringIO()
    call_command("reencrypt_passwords", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {
        "reencrypted": 2,
        "unreadable": [],
        "texts": 0,
        "unreadable_texts": [],
    }
    settings.FERNET_KEYS = settings.FERNET_KEYS[:1]
    assert decrypt(Authenticator.objects.get(type="totp").data["secret"]) == secret
    assert len(recovery_codes(user)) == 10


def test_the_command_names_those_whose_secrets_no_key_decrypts(settings: Any) -> None:
    set_up_app(UserFactory(username="anna"))
    settings.FERNET_KEYS = ["another key"]
    with pytest.raises(Failed) as failed:
        call_command("reencrypt_passwords", "--json", stdout=io.StringIO())
    assert failed.value.data["unreadable_second_factors"] == ["anna"]


def test_what_was_encrypted_with_another_key_is_refused(settings: Any) -> None:
    text = encrypt("secret")
    settings.FERNET_KEYS = ["another key"]
    with pytest.raises(InvalidToken):
        decrypt(text)

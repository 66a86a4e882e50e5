"""Somebody who lost their phone and their codes signs in again."""

from __future__ import annotations

import io
import json

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client

from tests.factories import UserFactory
from tests.practice.queue import work
from tests.practice.second_factor.factors import set_up_app, sign_in

pytestmark = pytest.mark.django_db


def test_the_password_is_enough_again_and_open_sessions_end(client: Client) -> None:
    anna = UserFactory(username="anna", email="anna@example.com")
    client.force_login(anna)
    set_up_app(anna)
    out = io.StringIO()
    call_command("reset_second_factor", "--user", "anna", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"user": "anna", "removed": ["recovery_codes", "totp"]}
    assert client.get("/account/").headers["Location"] == "/accounts/login/?next=/account/"
    assert sign_in(client).headers["Location"] == "/calendars/"
    work()
    assert [(one.to, one.subject) for one in mail.outbox] == [
        (["anna@example.com"], "Your second factor was removed by the person who runs Kalends")
    ]

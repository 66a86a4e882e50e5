"""Rotating the keys that passwords are encrypted with."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection as database

from connections.models import Connection
from practice.commands import Failed
from tests.connections.keys import Use
from tests.factories import APP_PASSWORD, ConnectionFactory

pytestmark = pytest.mark.django_db


def reencrypt() -> Any:
    out = io.StringIO()
    call_command("reencrypt_passwords", "--json", stdout=out)
    return json.loads(out.getvalue())


def stored() -> list[bytes]:
    with database.cursor() as cursor:
        cursor.execute("SELECT password FROM connections_connection ORDER BY id")
        return [bytes(row[0]) for row in cursor.fetchall()]


def test_after_a_rotation_the_new_key_alone_reads_every_password_and_the_old_one_none(keys: Use) -> None:
    keys("old")
    ConnectionFactory.create_batch(3)
    keys("new", "old")
    assert reencrypt() == {"reencrypted": 3, "unreadable": [], "texts": 0, "unreadable_texts": []}
    keys("new")
    assert [row.password for row in Connection.objects.all()] == [APP_PASSWORD] * 3
    keys("old")
    assert [row.password for row in Connection.objects.all()] == [""] * 3


def test_nothing_else_of_a_connection_is_written(keys: Use) -> None:
    row = ConnectionFactory()
    Connection.objects.filter(pk=row.pk).update(failures=7)
    before = Connection.objects.values().get(pk=row.pk)
    reencrypt()
    assert Connection.objects.values().get(pk=row.pk) == before


def test_a_password_that_no_key_reads_is_named_and_left_alone_while_the_others_are_done(keys: Use) -> None:
    keys("lost")
    lost = ConnectionFactory()
    keys("old")
    ConnectionFactory()
    before = stored()
    keys("new", "old")
    with pytest.raises(Failed) as refusal:
        reencrypt()
    assert str(refusal.value) == (
        f"None of FERNET_KEYS decrypts the password of connections {lost.pk}: add the old key, or reconnect."
    )
    assert (refusal.value.returncode, refusal.value.data) == (
        1,
        {"reencrypted": 1, "unreadable": [lost.pk], "texts": 0, "unreadable_texts": []},
    )
    assert [one == other for one, other in zip(before, stored(), strict=True)] == [True, False]


def test_no_password_is_printed(keys: Use) -> None:
    ConnectionFactory()
    out = io.StringIO()
    call_command("reencrypt_passwords", stdout=out)
    assert out.getvalue() == "1 password re-encrypted.\n"


def test_without_connections_there_is_nothing_to_do() -> None:
    assert reencrypt() == {"reencrypted": 0, "unreadable": [], "texts": 0, "unreadable_texts": []}

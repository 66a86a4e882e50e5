"""What all commands share. Their exit codes and JSON: tests/test_commands_as_processes.py."""

from __future__ import annotations

import io
import sys
from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError

from practice.commands import Refused, in_one_line, instant, read_password, user_named
from practice.models import User


def test_a_password_without_a_terminal_is_the_first_line_of_the_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(" secret \nmore\n"))
    assert read_password("Password: ") == " secret "


def test_a_password_that_is_not_utf_8_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"M\xfcller\n"), "utf-8", errors="surrogateescape"))
    with pytest.raises(Refused) as refused:
        read_password("Password: ")
    assert str(refused.value) == "The password is not UTF-8. Set the terminal or the file to UTF-8 and try again."


def test_an_error_of_several_fields_is_one_line() -> None:
    error = ValidationError({"name": ["Too long.", "Odd."], "email": ["No address."]})
    assert in_one_line(error) == "name: Too long. Odd. email: No address."


@pytest.mark.django_db
def test_a_user_is_found_by_name() -> None:
    anna = User.objects.create_user("anna")
    assert user_named("anna") == anna
    with pytest.raises(Refused) as refused:
        user_named("ben")
    assert str(refused.value) == "There is no user “ben”."


def test_an_instant_is_read_or_refused_with_a_sentence() -> None:
    assert instant("2026-12-01T10:00+01:00") == datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
    with pytest.raises(Refused) as refused:
        instant("soon")
    assert str(refused.value) == "“soon” is not a time. Write it like 2026-12-01T10:00:00+01:00."

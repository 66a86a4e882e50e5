"""The guard around library code."""

from __future__ import annotations

import logging

import pytest

from connections.ical.parse_guard import try_or_none


def fail() -> int:
    raise AttributeError("SUMMARY:private")


def test_what_an_action_returns_is_passed_on() -> None:
    assert try_or_none(lambda: 1) == 1


def test_an_exception_becomes_none_and_only_its_type_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert try_or_none(fail) is None
    assert caplog.messages == ["A calendar file could not be read: AttributeError"]


def test_an_exception_that_the_caller_handles_is_raised_again() -> None:
    with pytest.raises(AttributeError, match="private"):
        try_or_none(fail, reraise=(AttributeError,))

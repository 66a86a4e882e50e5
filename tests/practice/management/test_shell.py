"""Errors at a shell are one sentence."""

from __future__ import annotations

import logging

import pytest

from practice.management.shell import OneSentence, displayed, not_utf8

GARBLED = b"M\xfcller".decode(errors="surrogateescape")


@pytest.mark.parametrize("text", ["syncing failed", "Syncing failed.", " syncing failed..\n"])
def test_a_log_record_is_one_sentence(text: str) -> None:
    record = logging.LogRecord("kalends", logging.ERROR, __file__, 1, text, None, None)
    assert OneSentence().format(record) == "Syncing failed."


def test_text_that_is_not_utf_8_is_recognised_and_can_be_printed() -> None:
    assert (not_utf8(GARBLED), not_utf8("Müller")) == (True, False)
    assert (displayed(GARBLED), displayed("Müller")) == ("M\ufffdller", "Müller")

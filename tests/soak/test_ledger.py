"""The record that the soak test keeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from soak.ledger import Ledger, Version
from soak.web import NoAnswer

TEN, ELEVEN = datetime(2026, 12, 1, 10, tzinfo=UTC), datetime(2026, 12, 1, 11, tzinfo=UTC)


def test_an_attempt_without_an_answer_stays_unknown_in_the_ledger() -> None:
    ledger = Ledger()
    with pytest.raises(NoAnswer), ledger.trying("anna") as attempt:
        raise NoAnswer("gone")
    assert (attempt.outcome, ledger.tries) == ("unknown", {"anna 1": attempt})


def test_ending_a_version_leaves_earlier_ones_alone() -> None:
    ledger = Ledger()
    old, new = (Version("anna@example.com", "/home/", "/home/1.ics", [], TEN) for _ in range(2))
    old.until = TEN
    ledger.add_version(old)
    ledger.add_version(new)
    ledger.end_version("/home/1.ics", ELEVEN)
    assert (old.until, new.until) == (TEN, ELEVEN)


def test_a_home_counts_as_listed_only_within_the_time() -> None:
    ledger = Ledger()
    before = timezone.now()
    ledger.note_listing("anna@example.com")
    assert ledger.was_listed("anna@example.com", before, 5)
    assert not ledger.was_listed("anna@example.com", before - timedelta(seconds=9), 5)
    assert not ledger.was_listed("ben@example.com", before, 5)

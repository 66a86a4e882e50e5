"""When an account may be asked: the rule in the table and the rule in Python are one."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from connections import dav
from connections.models import Connection
from connections.problems import Problem
from tests.factories import NOW, ConnectionFactory

WHILE = [None, NOW - timedelta(seconds=1), NOW, NOW + timedelta(seconds=1)]
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("by_person", "ignore_retry_after"), list(product([False, True], repeat=2)))
def test_exactly_those_are_asked_of_which_nothing_is_said_against_it(by_person: bool, ignore_retry_after: bool) -> None:
    for needs_attention, not_before in product([False, True], WHILE):
        ConnectionFactory(needs_attention=needs_attention, not_before=not_before)
    rule = {"by_person": by_person, "ignore_retry_after": ignore_retry_after}
    may = {row.pk for row in Connection.objects.all() if row.why_not_asked(NOW, **rule) is None}
    assert set(Connection.objects.askable(NOW, **rule).values_list("pk", flat=True)) == may


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        ({}, None),
        ({"needs_attention": True}, "unauthorized"),
        ({"needs_attention": True, "error_code": "password_unreadable"}, "password_unreadable"),
        ({"not_before": NOW + timedelta(seconds=1)}, "throttled"),
        ({"not_before": NOW}, None),
    ],
)
def test_why_an_account_is_not_asked(facts: dict[str, Any], problem: str | None) -> None:
    why: Problem | None = ConnectionFactory(**facts).why_not_asked(NOW)
    assert (why and why.code) == problem


def test_exactly_those_are_uninterrupted_of_which_no_sync_was_killed() -> None:
    for interruptions, lease_until in product([0, 1], [None, NOW]):
        ConnectionFactory(interruptions=interruptions, lease_until=lease_until)
    well = {row.pk for row in Connection.objects.all() if not row.was_interrupted}
    assert set(Connection.objects.uninterrupted().values_list("pk", flat=True)) == well
    assert len(well) == 1


def test_what_an_account_refused_is_remembered_for_a_week() -> None:
    connection = ConnectionFactory()
    limits = connection.limits(NOW)
    limits.refuse_batch(400)
    limits.refuse_lines()
    connection.note_limits(limits, NOW)
    connection.refresh_from_db()
    assert connection.limits(NOW + timedelta(days=6)) == dav.Limits(200, 1)
    assert connection.limits(NOW + timedelta(days=7)) == dav.Limits()

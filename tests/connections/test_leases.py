"""How one worker takes a row; which rows those are is another's affair, so those of any model do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import F

from connections import leases
from connections.models import Connection
from tests.factories import NOW, ConnectionFactory

UNTIL = NOW + timedelta(minutes=2)
COLUMN = "lease_until"
pytestmark = pytest.mark.django_db


def test_a_row_is_taken_once_and_again_from_the_moment_when_its_time_is_over() -> None:
    ConnectionFactory()
    rows = Connection.objects.all()
    taken = [leases.take(rows, now, until=UNTIL, column=COLUMN) for now in (NOW, NOW, UNTIL - timedelta(seconds=1))]
    assert taken == [1, 0, 0]
    assert leases.take(rows, UNTIL, until=UNTIL + timedelta(minutes=2), column=COLUMN) == 1


def test_what_is_written_while_taking_is_written_once() -> None:
    ConnectionFactory()
    for _ in range(2):
        leases.take(Connection.objects.all(), NOW, until=UNTIL, column=COLUMN, polls=F("polls") + 1)
    assert list(Connection.objects.values_list("lease_until", "polls")) == [(UNTIL, 1)]


def test_only_the_rows_that_are_given_are_taken() -> None:
    ConnectionFactory(polls=7)
    ConnectionFactory()
    assert leases.take(Connection.objects.filter(polls=0), NOW, until=UNTIL, column=COLUMN) == 1
    assert list(Connection.objects.order_by("polls").values_list("lease_until", flat=True)) == [UNTIL, None]


def test_the_condition_in_the_table_and_the_question_in_python_agree() -> None:
    ConnectionFactory(lease_until=UNTIL)
    for now, taken in ((NOW, True), (UNTIL, False), (UNTIL + timedelta(seconds=1), False)):
        assert Connection.objects.filter(leases.free(now, COLUMN)).exists() is not taken
        assert leases.is_taken(UNTIL, now) is taken
    assert leases.is_taken(None, NOW) is False


def test_a_row_given_back_is_free_at_once_and_says_whether_there_was_one() -> None:
    ConnectionFactory(lease_until=UNTIL, lease_token="ours")
    ours = Connection.objects.filter(lease_token="ours")
    assert [leases.release(ours, column=COLUMN, lease_token="") for _ in range(2)] == [1, 0]
    assert list(Connection.objects.values_list("lease_until", "lease_token")) == [(None, "")]


def test_who_can_prove_nothing_has_lost_the_lease() -> None:
    ConnectionFactory(lease_token="theirs")
    with transaction.atomic():
        leases.hold(Connection.objects.filter(lease_token="theirs"))
        with pytest.raises(leases.LeaseLost):
            leases.hold(Connection.objects.filter(lease_token="ours"))

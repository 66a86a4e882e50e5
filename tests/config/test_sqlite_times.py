"""Times that are read from the database are aware, whichever way they come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import connection
from django.db.backends.sqlite3.operations import DatabaseOperations
from django.db.models import Case, DateTimeField, F, Max, When
from django.db.models.functions import Coalesce, Now, TruncHour

from availability.models import BlockedSlot
from tests.factories import BlockedSlotFactory

START = datetime(2026, 12, 1, 9, 0, 0, 120, tzinfo=UTC)
END = datetime(2026, 12, 1, 10, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def slot() -> None:
    BlockedSlotFactory.create(start=START.astimezone(timezone(timedelta(hours=1))), end=END)


def test_columns_are_read_as_utc() -> None:
    (read,) = BlockedSlot.objects.values_list("start", "end")
    assert (read, [moment.tzinfo for moment in read]) == ((START, END), [UTC, UTC])
    assert BlockedSlot.objects.get().start == START


def test_expressions_are_read_as_utc() -> None:
    case = Case(When(start__lt=END, then=F("end")), default=None)
    never = Case(When(start__gt=END, then=F("end")), default=None, output_field=DateTimeField())
    row = BlockedSlot.objects.values_list(Coalesce("start", "end"), case, never, TruncHour("start")).get()
    assert row == (START, END, None, START.replace(microsecond=0))
    assert BlockedSlot.objects.aggregate(latest=Max("end")) == {"latest": END}


def test_the_clock_of_the_database_is_read_as_utc() -> None:
    read = BlockedSlot.objects.annotate(moment=Now()).get().moment
    assert read.utcoffset() == timedelta(0)


def test_a_time_that_was_read_is_not_converted_again() -> None:
    assert DatabaseOperations(connection).convert_datetimefield_value(START, None, connection) is START

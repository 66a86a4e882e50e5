"""Adds what one process measured to what all have measured, and reads that."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection

from operations.models import Measurement
from practice.telemetry.measurements import Key

MAX_ROWS = 200  # of one statement


def add(values: Mapping[Key, float]) -> None:
    """Add `values` to the rows, in one statement for up to 200. Raises DatabaseError.

    Rows are sorted: two processes that write the same ones take their locks in the same order.
    """
    rows = sorted((metric, ",".join(labels), part, value) for (metric, labels, part), value in values.items())
    with connection.cursor() as cursor:
        for begin in range(0, len(rows), MAX_ROWS):
            some = rows[begin : begin + MAX_ROWS]
            places = ", ".join(["(%s, %s, %s, %s)"] * len(some))
            cursor.execute(_ADD.format(places=places), [value for row in some for value in row])


_TABLE = Measurement._meta.db_table
# Django's own upsert replaces a value and cannot add to it.
_ADD = (
    f"INSERT INTO {_TABLE} (metric, labels, part, value) VALUES {{places}} "  # noqa: S608 - the name of our table
    f"ON CONFLICT (metric, labels, part) DO UPDATE SET value = {_TABLE}.value + excluded.value"
)


def totals() -> dict[Key, float]:
    """What all processes have measured, in one query."""
    rows = Measurement.objects.values_list("metric", "labels", "part", "value")
    return {(metric, tuple(labels.split(",")), part): value for metric, labels, part, value in rows}

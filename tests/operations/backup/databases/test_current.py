from __future__ import annotations

from django.db import connection

from bookings.models import Booking, Hold
from operations.backup.databases.current import current_database
from tests.factories import BookingFactory
from tests.operations.backup.deployment import Deployment


def test_the_database_is_of_the_kind_that_the_settings_name(deployment: Deployment) -> None:
    assert current_database().kind == connection.vendor


def test_rows_are_counted_and_a_table_that_is_missing_has_none(deployment: Deployment) -> None:
    BookingFactory.create()
    database = current_database()
    assert (database.row_count(Booking._meta.db_table), database.row_count("no_such_table")) == (1, 0)


def test_ids_of_a_table_that_never_had_a_row_move_ahead_too(deployment: Deployment) -> None:
    before = next_id()
    current_database().advance_ids(10_000)
    assert next_id() - before in (10_000, 10_001)  # PostgreSQL took one to look


def next_id() -> int:
    """The id that the next hold gets."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [Hold._meta.db_table])
        else:
            cursor.execute(
                "SELECT coalesce(max(seq), 0) + 1 FROM sqlite_sequence WHERE name = %s", [Hold._meta.db_table]
            )
        return int(cursor.fetchone()[0])

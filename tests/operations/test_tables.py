"""Whether the tables fit this version."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from operations.tables import known_migrations, missing_migrations, why_newer


@pytest.mark.django_db
def test_tables_of_this_version_lack_nothing_and_are_no_newer() -> None:
    assert (missing_migrations(), why_newer()) == ([], "")


@pytest.mark.django_db
def test_what_is_not_applied_is_named_in_the_order_in_which_it_is_to_be_applied() -> None:
    recorded = MigrationRecorder(connection).migration_qs.filter(app="connections")
    names = list(recorded.order_by("name").values_list("name", flat=True))[-2:]
    recorded.filter(name__in=names).delete()
    assert [one for one in missing_migrations() if one.startswith("connections.")] == [
        f"connections.{name}" for name in names
    ]


@pytest.mark.django_db
def test_a_migration_that_this_version_does_not_know_is_named_if_it_is_of_our_apps() -> None:
    recorder = MigrationRecorder(connection)
    recorder.record_applied("gone", "0001_initial")
    assert why_newer() == ""
    recorder.record_applied("bookings", "9999_later")
    sentence = "The tables are of a newer version of Kalends (bookings.9999_later). Install that one, or a later one."
    assert why_newer() == sentence


def test_the_migrations_of_this_version_are_known_and_no_others() -> None:
    known = known_migrations()
    assert ("bookings.0001_initial" in known, "bookings.9999_later" in known) == (True, False)

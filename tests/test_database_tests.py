"""Which tests are run on PostgreSQL too."""

from __future__ import annotations

import pytest

from tests.database_tests import needs_database


def test_one_without_tables_is_not(request: pytest.FixtureRequest) -> None:
    assert needs_database(request.node) is False


@pytest.mark.django_db
def test_one_with_tables_is(request: pytest.FixtureRequest) -> None:
    assert needs_database(request.node) is True


def test_one_whose_fixture_has_tables_is(request: pytest.FixtureRequest, transactional_db: None) -> None:
    assert needs_database(request.node) is True


@pytest.mark.processes
def test_one_that_may_start_processes_is(request: pytest.FixtureRequest) -> None:
    assert needs_database(request.node) is True

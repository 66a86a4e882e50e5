from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import UserFactory


@pytest.mark.django_db
def test_a_process_with_its_tables_is_live_and_ready(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"live": True, "ready": True, "problem": None})


@pytest.mark.django_db
def test_a_process_before_its_migrations_is_live_but_not_ready(client: Client) -> None:
    MigrationRecorder.Migration.objects.filter(app="bookings").delete()
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["problem"]) == (503, "migrations are not applied")


@pytest.mark.django_db
def test_it_does_not_ask_who_is_signed_in(client: Client) -> None:
    client.force_login(UserFactory.create())
    with CaptureQueriesContext(connection) as queries:
        answer = client.get("/healthz")
    assert [query["sql"] for query in queries if "session" in query["sql"]] == []
    assert [name for name in ("Content-Language", "Vary") if name in answer.headers] == []

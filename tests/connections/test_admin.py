"""What runs in the background is looked at in the admin and never written there."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db.models import Model
from django.test import Client
from django_q.models import Failure, OrmQ, Schedule, Success
from django_q.signing import SignedPackage

from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
TASK = {"name": "a", "func": "os.system", "started": NOW, "stopped": NOW, "args": (), "kwargs": {}, "result": ""}


@pytest.fixture
def support(client: Client) -> Client:
    client.force_login(UserFactory(username="support", is_staff=True, is_superuser=True, configuration=None))
    return client


@pytest.fixture(params=[Schedule, Success, Failure, OrmQ])
def row(request: pytest.FixtureRequest) -> Model:
    """One row of each table of the queue."""
    made: dict[type[Model], Model] = {
        Schedule: Schedule(func="os.system", args="'true'"),
        Success: Success(id="1", success=True, **TASK),
        Failure: Failure(id="2", success=False, **TASK),
        OrmQ: OrmQ(key="kalends", payload=SignedPackage.dumps({"id": "3", **TASK}), lock=NOW),
    }
    made[request.param].save()
    return made[request.param]


def test_a_session_in_the_admin_runs_no_code(support: Client, row: Model) -> None:
    listing = f"/admin/django_q/{row._meta.model_name}/"
    resubmit = {"action": "resubmit_task", "_selected_action": [row.pk]}
    before = OrmQ.objects.count()
    answers = [
        support.get(listing).status_code,
        support.get(f"{listing}{row.pk}/change/").status_code,
        support.get(f"{listing}add/").status_code,
        support.post(f"{listing}{row.pk}/change/", {"func": "os.system"}).status_code,
        support.post(f"{listing}{row.pk}/delete/", {"post": "yes"}).status_code,
    ]
    support.post(listing, resubmit)
    assert (answers, OrmQ.objects.count()) == ([200, 200, 403, 403, 403], before)

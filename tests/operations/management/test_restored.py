from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from bookings.models import Mail
from operations.restored.begin import begin
from practice.commands import Refused
from practice.models import Restore
from practice.models.restore import outgoing_waits
from tests.factories import NOW, CalendarFactory, MailFactory

pytestmark = pytest.mark.django_db
MADE = NOW - timedelta(hours=12)


def _run(*arguments: str) -> str:
    out = StringIO()
    call_command("restored", *arguments, stdout=out)
    return out.getvalue()


def test_a_copy_that_was_never_restored_waits_for_nothing() -> None:
    assert _run() == "This copy waits for nothing.\n"
    assert json.loads(_run("--json")) == {"waits": False}


def test_one_dead_account_does_not_keep_all_waiting() -> None:
    CalendarFactory.create()
    begin(made_at=MADE, now=NOW)
    with pytest.raises(Refused, match="These accounts were not read completely yet"):
        _run("--finish")
    calendar = CalendarFactory.create(error_code="unauthorized")
    assert len(json.loads(_run("--json"))["unread"]) == 2
    assert json.loads(_run("--anyway", "--json"))["unread"] == []
    assert _run("--finish") == "The restore is finished: pushes and mails go again.\n"
    assert calendar.connection_id in Restore.objects.get().unread_connections
    assert outgoing_waits() is False


def test_messages_from_before_are_sent_or_dropped_by_kind() -> None:
    MailFactory.create()
    MailFactory.create(kind="reminder")
    begin(made_at=MADE, now=NOW)
    with pytest.raises(Refused, match="Decide first"):
        _run("--finish")
    with pytest.raises(Refused, match="No message of the kind cancellation waits"):
        _run("--drop", "cancellation")
    found = json.loads(_run("--json", "--drop", "reminder"))["messages"]
    assert [(one["kind"], one["count"], one["choice"]) for one in found] == [("confirmation", 1, "")]
    found = json.loads(_run("--json", "--send"))["messages"]
    assert [(one["kind"], one["count"], one["choice"]) for one in found] == [("confirmation", 1, "send")]
    _run("--finish")
    assert sorted(Mail.objects.values_list("kind", "state")) == [("confirmation", "due"), ("reminder", "dropped")]


def test_it_says_in_words_where_it_stands() -> None:
    begin(made_at=MADE, now=NOW)
    lines = _run().splitlines()
    assert lines[1:5] == [
        "Accounts still to be read: 0",
        "People whose bookings are still compared: 0",
        "Questions to staff about what changed: 0",
        "Booked after the backup: 0",
    ]
    assert lines[-1] == "Nothing is left to decide. Finish it with --finish."

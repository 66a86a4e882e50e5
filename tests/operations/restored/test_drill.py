"""Back up, go on, restore: nothing is lost, nothing doubled, nobody told twice, and nobody erased comes back."""

from __future__ import annotations

import pytest

from bookings import actions
from bookings.models import Booking, Client, LinkedEvent, Proposal
from operations.restored import steps
from operations.restored.later_events import later_events
from operations.restored.messages import Choice, decide
from sandbox.device.device import AppleDevice
from sandbox.server.server import Sandbox
from sandbox.server.store.accounts import Account
from tests.bookings.practice import make_practice, utc
from tests.operations.backup.deployment import Deployment
from tests.operations.restored.drill import OTTO, Drill, sent, uids, when


@pytest.fixture
def drill(deployment: Deployment, icloud: Sandbox, account: Account, phone: AppleDevice) -> Drill:
    made = Drill(make_practice(icloud, account, phone), deployment)
    made.book_before()
    return made


def test_the_drill(drill: Drill) -> None:
    practice = drill.practice
    drill.back_up()
    later = drill.go_on()
    known, events_before, mails_before = practice.href(later), practice.events(), sent()
    uids_before = uids(practice)

    restore = drill.restore()
    assert [Booking.objects.get(pk=one.pk).live for one in drill.made.values()] == [True] * 8
    practice.icloud.log.clear()
    restore = drill.compare()
    # Nothing left this copy, and nothing was cancelled.
    assert {line.method for line in practice.icloud.log} <= {"PROPFIND", "REPORT", "GET"}
    assert (practice.events(), sent()) == (events_before, mails_before)

    # 1. Every booking in the backup stands, at the time of its event; of those without one staff are asked.
    assert {name: when(one) for name, one in drill.made.items()} == {
        "stands": ("confirmed", utc(1, 9)),
        "moved": ("confirmed", utc(4, 9)),
        "moved on the phone": ("confirmed", utc(4, 11)),
        "cancelled": ("confirmed", utc(2, 9)),
        "deleted on the phone": ("confirmed", utc(2, 11)),
        "renamed": ("confirmed", utc(2, 13)),
        "erased": ("confirmed", utc(3, 9)),
        "untold": ("confirmed", utc(3, 11)),
    }
    asked = Proposal.objects.open().values_list("booking", "kind").order_by("booking")
    assert list(asked) == [
        (drill.made["cancelled"].pk, "deleted"),
        (drill.made["deleted on the phone"].pk, "deleted"),
    ]
    assert restore.differences == []

    # 2. Every later one is listed, and becomes a booking of the same event.
    found = later_events(restore)
    assert [(one.start, one.end, one.title) for one in found] == [(later.start, later.end, "Dora Later")]
    booked = actions.book_event(
        found[0].events[0], service=practice.service, client=actions.ClientDetails("Dora Later"), now=practice.now
    )
    assert later_events(restore) == []
    assert (booked.start, practice.href(booked)) == (later.start, known)

    # 3. No mail twice: what was due before the restore is dropped, and the rest goes on as usual.
    progress = steps.progress_of(restore)
    decide(restore, {kind.code: Choice.DROP for kind in progress.messages}, practice.now)
    steps.finish(restore, practice.now)
    for _ in range(3):
        drill.work()
    twice = {key: count for key, count in sent().items() if count > max(1, mails_before[key])}
    assert twice == {}

    # 4. No event doubled.
    assert (uids(practice), practice.events()) == (uids_before, events_before)
    assert LinkedEvent.objects.wanted().unsettled().exclude(state="waiting_for_decision").count() == 0
    assert "Carla brings her sister" in practice.text(drill.made["renamed"])

    # 5. No erased client back.
    assert not Client.objects.filter(name=OTTO.name).exists()
    assert OTTO.name not in practice.text(drill.made["erased"])

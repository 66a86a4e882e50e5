"""Every fault while an event is pushed: its state, its sentence, the next try, and one event in the end."""

from __future__ import annotations

import pytest

from bookings.models import LinkedEvent
from connections import accounts
from tests.bookings.practice import HOUR, Practice
from tests.traps.disturbing import PASSWORD, PORTAL, REDIRECTS, SILENT, STRANGER, THROTTLED, Fault, fault, status

pytestmark = pytest.mark.usefixtures("steady")

TRIED = ("retrying", "unavailable", SILENT, 30)
PUSHED = ("pushed", "", "", None)
FULL = "The answer was too large to read. Split the calendar, or delete old events with large attachments."
READ_ONLY = "The linked calendar became read-only. Choose another linked calendar."
PUSHES: dict[str, tuple[Fault, tuple[str, str, str, int | None]]] = {
    "latency": (fault("slow", 0.02), PUSHED),
    "closed before": (fault("refuse"), TRIED),
    "closed after": (fault("lost"), TRIED),
    "slow": (fault("slow", 2), TRIED),
    "200 and a page": (fault("html"), ("retrying", "not_caldav", PORTAL[1], 30)),
    "400": (status(400), ("retrying", "server_refused", "The server refused it (400).", 30)),
    "401 once": (fault("unauthorized", times=1), PUSHED),
    "401": (fault("unauthorized"), ("needs_reconnect", "unauthorized", PASSWORD[1], None)),
    "403": (status(403), ("no_linked_calendar", "read_only", READ_ONLY, 6 * 3600)),
    "404": (status(404), ("retrying", "server_refused", "The server refused it (404).", 30)),
    "413": (status(413), ("retrying", "too_large", FULL, 30)),
    "421": (status(421), TRIED),
    "429": (status(429), ("retrying", "throttled", THROTTLED, 30)),
    "429, wait": (status(429, retry_after="1800"), ("retrying", "throttled", THROTTLED, 1800)),
    "500": (status(500), TRIED),
    "502 and a page": (fault("html", 502), TRIED),
    "503": (status(503), ("retrying", "throttled", THROTTLED, 30)),
    "503, wait": (status(503, retry_after="1800"), ("retrying", "throttled", THROTTLED, 1800)),
    **{f"{code} to the pod": (fault("redirect", "pod", code, times=1), PUSHED) for code in REDIRECTS},
    **{
        f"{code} to the stranger": (fault("redirect", "stranger", code), ("retrying", *STRANGER[:2], 30))
        for code in REDIRECTS
    },
    "a circle": (fault("redirect", "entry"), TRIED),
}


@pytest.mark.parametrize("name", PUSHES)
def test_a_fault_while_pushing_ends_as_one_event(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    strike, expected = PUSHES[name]
    booking = practice.book()
    LinkedEvent.objects.update(id=16)  # whose pause is the shortest
    strike(practice.icloud.faults, method="PUT")
    with monkeypatch.context() as patience:
        patience.setattr("connections.push.session.PUSH_SECONDS", 0.2)
        practice.push()
    placement = practice.placement(booking)
    pause = placement.next_try_at and int((placement.next_try_at - practice.now).total_seconds())
    said = placement.sentence
    assert (placement.state, placement.error_code, said, pause) == expected
    practice.icloud.faults.clear()
    practice.later(7 * HOUR)
    if expected[0] == "needs_reconnect":
        accounts.reconnect(practice.connection, password=practice.account.new_app_password(), now=practice.now)
    practice.sync()
    practice.push()
    assert (practice.placement(booking).state, practice.events()) == ("pushed", [practice.href(booking)])
    assert (practice.proposals(), practice.icloud.stranger_connections) == ([], 0)

"""Kalends held against the sandbox's iCloud: each kind of difference, what cannot be told, and what repair mends."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db.models import F

from bookings import actions
from bookings.models import Booking, LinkedEvent, Proposal
from bookings.reconcile.audit import Difference, Mismatch, audit, repair, with_notes
from connections import accounts
from connections.models import Calendar, Connection, Event, Occurrence
from practice.commands import Failed
from tests.bookings.practice import Practice, berlin, utc
from tests.factories import UserFactory

Told = list[tuple[str, str]]


def found(practice: Practice) -> Told:
    """Mismatch and sentence of each difference, hrefs cut to their calendar."""
    differences = audit(practice.user, practice.now)
    return [(one.kind, one.text.replace(one.href, "…") if one.href else one.text) for one in differences]


def mended(practice: Practice) -> Told:
    """What is left after a repair."""
    repair(practice.user, audit(practice.user, practice.now), clock=lambda: practice.now)
    return found(practice)


def dentist(practice: Practice, calendar: str = "Work") -> str:
    return practice.phone.add(practice.account.calendar(calendar), "Dentist", berlin(2, 10))


def state(booking: Booking) -> str:
    return booking.linked_events.get().state


LACKS = ("not_mirrored", "“Work” has an event that Kalends does not know: …")
NEWER = ("mirror_stale", "“Home” has a newer version of an event: …")
VANISHED = ("mirror_stale", "“Home” no longer has this event: …")
MISSING = ("missing", "Carla Client · Talk: its event is not in “Home”.")


def test_after_a_sync_and_a_push_there_is_no_difference(practice: Practice) -> None:
    dentist(practice)
    practice.booked()
    assert found(practice) == []


def test_an_audit_writes_nothing(practice: Practice) -> None:
    practice.booked()
    dentist(practice)
    before = [list(model.objects.order_by("pk").values()) for model in (Connection, Calendar, Event, LinkedEvent)]
    assert found(practice) == [LACKS]
    after = [list(model.objects.order_by("pk").values()) for model in (Connection, Calendar, Event, LinkedEvent)]
    assert after == before


def test_an_audit_asks_two_requests_of_a_calendar_with_bookings_and_one_of_another(practice: Practice) -> None:
    for day in (1, 2, 3):
        practice.booked(utc(day, 9))
    practice.icloud.log.clear()
    assert found(practice) == []
    assert [one.method for one in practice.icloud.log] == ["REPORT"] * 3


def test_a_booking_that_still_waits_to_be_sent_claims_nothing(practice: Practice) -> None:
    practice.book()
    assert found(practice) == []


def test_an_event_that_was_never_read_is_not_mirrored_until_a_repair_reads_it(practice: Practice) -> None:
    dentist(practice)
    assert found(practice) == [LACKS]
    assert mended(practice) == []
    assert [row.summary for row in Event.objects.all()] == ["Dentist"]


def test_a_mirror_that_is_behind_is_stale_until_a_repair_reads_it(practice: Practice) -> None:
    kept, moved = dentist(practice, "Home"), dentist(practice, "Home")
    practice.poll_later()
    practice.phone.move(moved, berlin(2, 15))
    practice.phone.delete(kept)
    assert found(practice) == [VANISHED, NEWER]
    assert mended(practice) == []


def test_an_event_moved_on_the_phone_is_at_the_wrong_time_and_repair_lets_the_booking_follow(
    practice: Practice,
) -> None:
    booking = practice.booked()
    practice.phone.move(practice.href(booking), berlin(1, 14))
    assert found(practice) == [
        (
            "wrong_time",
            "Carla Client · Talk: booked for Tue 1 Dec 2026, 10:00 CET, but its event in “Home” is at Tue 1 Dec "
            "2026, 14:00 CET.",
        ),
        NEWER,
    ]
    assert mended(practice) == []
    booking.refresh_from_db()
    assert booking.start == utc(1, 13) == practice.there(booking).start


@pytest.mark.parametrize("verb", ["lengthen", "make_all_day"])
def test_an_event_of_another_length_or_shape_is_told_so(practice: Practice, verb: str) -> None:
    booking = practice.booked()
    edit: dict[str, Callable[[str], None]] = {
        "lengthen": lambda href: practice.phone.lengthen(href, timedelta(minutes=30)),
        "make_all_day": practice.phone.make_all_day,
    }
    edit[verb](practice.href(booking))
    assert found(practice)[0] == (
        "wrong_time",
        "Carla Client · Talk: its event in “Home” has another length or is no longer a plain event.",
    )


def test_what_repair_cannot_settle_is_for_staff_to_decide_and_the_phone_keeps_its_version(practice: Practice) -> None:
    booking = practice.booked()
    practice.phone.move(practice.href(booking), berlin(1, 22))  # outside the hours
    text = practice.text(booking)
    assert mended(practice) == []  # nobody claims any more that the calendar has the booking as it is
    assert (state(booking), practice.text(booking)) == ("waiting_for_decision", text)
    assert [row.kind for row in Proposal.objects.open()] == ["moved"]


def test_a_deleted_event_is_missing_and_repair_asks_staff_instead_of_writing_it_again(practice: Practice) -> None:
    booking = practice.booked()
    dentist(practice, "Home")
    practice.poll_later()
    practice.phone.delete(practice.href(booking))
    assert found(practice) == [MISSING, VANISHED]
    assert mended(practice) == [MISSING]  # seen missing once: it must be missing twice before it counts
    practice.poll_later()
    assert (found(practice), state(booking)) == ([], "waiting_for_decision")
    assert practice.proposals() == [("deleted", "The event was deleted on the iPhone.")]
    assert practice.href(booking) not in practice.events()


def test_an_event_moved_to_another_calendar_is_missing_until_repair_follows_it(practice: Practice) -> None:
    booking = practice.booked()
    practice.phone.move_to(practice.href(booking), practice.account.calendar("Work"))
    assert [kind for kind, _text in found(practice)] == ["missing", "mirror_stale", "not_mirrored"]
    repair(practice.user, audit(practice.user, practice.now), clock=lambda: practice.now)
    practice.later(timedelta(minutes=2))
    assert mended(practice) == []
    assert practice.href(booking).startswith(practice.account.calendar("Work").path)


PUT_BACK = (
    "still_there",
    "Carla Client · Talk: its event was removed, but a device put it back into “Home”. It stays and blocks.",
)


def test_an_event_that_is_there_again_with_the_same_etag_is_told_but_never_removed(practice: Practice) -> None:
    booking = practice.booked()
    actions.cancel(booking, now=practice.now)
    LinkedEvent.objects.update(removed_at=practice.now, state="pushed")
    assert practice.account.calendar("Home").resources[practice.href(booking)].etag == practice.placement(booking).etag
    assert found(practice) == [PUT_BACK]
    assert mended(practice) == [PUT_BACK]
    assert (practice.push(), practice.events()) == ([], [practice.href(booking)])


def test_an_event_that_a_device_put_back_is_told_but_never_removed(practice: Practice) -> None:
    booking = practice.booked()
    actions.cancel(booking, now=practice.now)
    LinkedEvent.objects.update(removed_at=practice.now, state="pushed")
    practice.phone.rename(practice.href(booking), "Carla, private")
    assert mended(practice) == [PUT_BACK]
    assert practice.events() == [practice.href(booking)]


def test_a_calendar_that_cannot_be_read_is_unread_and_not_equal(practice: Practice) -> None:
    practice.booked()
    practice.icloud.faults.status(503, times=None)
    wait = "iCloud asks Kalends to wait. It tries again by itself."
    assert found(practice) == [
        ("unread", f"“Home” could not be read: {wait}"),
        ("unread", f"“Work” could not be read: {wait}"),
    ]


def test_a_refused_password_is_asked_twice_and_then_no_more(practice: Practice) -> None:
    practice.booked()
    practice.icloud.faults.unauthorized(times=None)
    practice.icloud.log.clear()
    assert [kind for kind, _text in found(practice)] == ["unread", "unread"]
    assert [one.status for one in practice.icloud.log] == [401, 401]


def test_one_stray_401_does_not_spoil_an_audit(practice: Practice) -> None:
    practice.booked()
    practice.icloud.faults.unauthorized()
    assert found(practice) == []


def test_a_connection_that_needs_a_person_is_not_asked(practice: Practice) -> None:
    Connection.objects.update(needs_attention=True, error_code="unauthorized", error_params={"username": "anna"})
    practice.icloud.log.clear()
    assert [kind for kind, _text in mended(practice)] == ["unread", "unread"]
    assert list(practice.icloud.log) == []


def test_a_server_that_asked_to_be_left_alone_is_left_alone(practice: Practice) -> None:
    Connection.objects.update(not_before=practice.now + timedelta(minutes=10))
    practice.icloud.log.clear()
    assert [kind for kind, _text in mended(practice)] == ["unread", "unread"]
    assert list(practice.icloud.log) == []


def test_a_calendar_that_is_gone_is_unread(practice: Practice) -> None:
    practice.account.calendar("Work").remove()
    assert found(practice) == [
        (
            "unread",
            "“Work” could not be read: This calendar is no longer in the account. Choose another, or untick it.",
        )
    ]


def test_an_event_that_cannot_be_served_is_unread(practice: Practice) -> None:
    booking = practice.booked()
    practice.icloud.faults.status(500, times=None, path=r"\.ics$")
    practice.icloud.faults.status(500, times=None, body="multiget")
    assert found(practice)[0][0] == "unread"
    assert practice.href(booking) in practice.events()


def test_an_event_that_syncs_still_owe_is_unread(practice: Practice) -> None:
    href = dentist(practice)
    practice.account.calendar("Work").spoil(href)
    practice.sync()
    assert found(practice) == [("unread", "“Work” lists an event that could not be read yet: …")]
    assert href in [row.href for row in Event.objects.pending()]


def test_a_booking_of_a_disconnected_account_is_unread(practice: Practice) -> None:
    practice.booked()
    accounts.disconnect(practice.connection)
    assert found(practice) == [
        (
            "unread",
            "Carla Client · Talk: the account anna@example.com is no longer connected, so its event cannot be checked.",
        )
    ]


def test_bookings_that_are_over_are_not_looked_for(practice: Practice) -> None:
    booking = practice.booked()
    practice.phone.delete(practice.href(booking))
    practice.later(timedelta(days=3))
    assert [kind for kind, _text in found(practice)] == ["mirror_stale"]


def test_a_calendar_that_is_not_selected_any_more_is_looked_at_for_what_was_removed_from_it(
    practice: Practice,
) -> None:
    booking = practice.booked()
    actions.cancel(booking, now=practice.now)
    LinkedEvent.objects.update(removed_at=practice.now, state="pushed")
    work = Calendar.objects.get(name="Work")
    accounts.configure(practice.user, linked=None, conflicts=[work], now=practice.now)
    dentist(practice, "Home")
    assert [kind for kind, _text in found(practice)] == ["still_there"]


# --- the command ------------------------------------------------------------------------------------------


def run(practice: Practice, *arguments: str) -> Any:
    out = io.StringIO()
    with time_machine.travel(practice.now, tick=False):
        try:
            call_command("audit", *arguments, "--json", stdout=out)
        finally:
            practice.printed = json.loads(out.getvalue())  # type: ignore[attr-defined]
    return practice.printed  # type: ignore[attr-defined]


def test_the_command_prints_nothing_but_an_empty_list_where_both_agree(practice: Practice) -> None:
    practice.booked()
    UserFactory(username="ben")
    assert run(practice) == run(practice, "--user", "anna") == run(practice, "--user", "ben") == []


def test_the_command_fails_with_the_differences_as_json(practice: Practice) -> None:
    booking = practice.booked()
    practice.phone.delete(practice.href(booking))
    href, path = practice.href(booking), practice.account.calendar("Home").path
    with pytest.raises(Failed) as failure:
        run(practice, "--user", "anna")
    assert (str(failure.value), failure.value.returncode) == ("Kalends and the calendars differ in 2 points.", 1)
    assert practice.printed == [  # type: ignore[attr-defined]
        {"kind": "missing", "booking": booking.pk, "calendar": path, "href": href, "text": MISSING[1]},
        {
            "kind": "mirror_stale",
            "booking": None,
            "calendar": path,
            "href": href,
            "text": f"“Home” no longer has this event: {href}",
        },
    ]


def test_the_command_repairs_and_looks_again(practice: Practice) -> None:
    booking = practice.booked()
    dentist(practice)
    practice.phone.move(practice.href(booking), berlin(1, 14))
    assert run(practice, "--repair") == []
    assert booking.changes.count() == 2
    assert practice.there(booking).start == utc(1, 13)


def test_without_json_the_command_lists_sentences(practice: Practice) -> None:
    dentist(practice)
    out = io.StringIO()
    with time_machine.travel(practice.now, tick=False), pytest.raises(Failed):
        call_command("audit", stdout=out)
    assert out.getvalue().startswith("not_mirrored: “Work” has an event that Kalends does not know: /")


# --- times that are kept here -------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", ["lost", "shifted", "freed"])
def test_times_that_are_not_those_of_the_event_are_told_and_worked_out_anew(practice: Practice, damage: str) -> None:
    practice.booked()
    href = dentist(practice)
    practice.phone.add(practice.account.calendar("Work"), "Gym", berlin(3, 8), rule="FREQ=WEEKLY")
    practice.poll_later()
    assert found(practice) == []
    rows = Occurrence.objects.filter(event__href=href)
    kept = list(rows.values_list("start", "end", "blocks"))
    if damage == "lost":
        rows.delete()
    elif damage == "shifted":
        rows.update(start=F("start") + timedelta(hours=1), end=F("end") + timedelta(hours=1))
    else:
        rows.update(blocks=False)
    assert found(practice) == [
        ("wrong_occurrences", "“Work” has an event for which Kalends keeps other times: …"),
    ]
    practice.icloud.log.clear()
    assert mended(practice) == []
    assert {one.method for one in practice.icloud.log} == {"REPORT"}  # two audits; the events are not read again
    assert list(Occurrence.objects.filter(event__href=href).values_list("start", "end", "blocks")) == kept


def test_a_window_that_has_not_moved_for_days_is_no_difference(practice: Practice) -> None:
    practice.phone.add(practice.account.calendar("Work"), "Gym", berlin(3, 8), rule="FREQ=DAILY")
    practice.poll_later()
    practice.later(timedelta(days=6))
    assert found(practice) == []


# --- what a repair did, and left ----------------------------------------------------------------------------


def said(practice: Practice, *arguments: str) -> list[str]:
    out = io.StringIO()
    with time_machine.travel(practice.now, tick=False), suppress(Failed):
        call_command("audit", *arguments, stdout=out)
    return re.sub(r"/\S+\.ics", "…", out.getvalue()).splitlines()


TWICE = "It counts as deleted when it was missing twice, a minute apart. The next sync checks again."


def test_a_repair_says_what_it_mended_and_why_it_left_something(practice: Practice) -> None:
    booking = practice.booked()
    dentist(practice)
    dentist(practice, "Home")
    practice.sync()
    dentist(practice)
    practice.phone.delete(practice.href(booking))
    assert said(practice, "--repair") == [
        f"repaired: mirror_stale: {VANISHED[1]}",
        f"repaired: not_mirrored: {LACKS[1]}",
        f"missing: {MISSING[1]} {TWICE}",
    ]
    with pytest.raises(Failed):
        run(practice, "--repair")
    assert [row["note"] for row in practice.printed] == [TWICE]  # type: ignore[attr-defined]


def test_a_repair_that_mended_all_says_so(practice: Practice) -> None:
    dentist(practice)
    assert said(practice, "--repair") == [f"repaired: not_mirrored: {LACKS[1]}", "Kalends and the calendars agree."]


def test_a_doubted_emptiness_is_why_a_repair_leaves_something(practice: Practice) -> None:
    practice.booked()
    Calendar.objects.filter(name="Home").update(mass_deletion_suspected_at=practice.now)
    [placement] = LinkedEvent.objects.all()
    missing = Difference(Mismatch.MISSING, "…", placement.calendar_path, placement=placement.pk)
    assert [one.note for one in with_notes([missing])] == [
        "iCloud suddenly lists far fewer events, so none counts as deleted yet. A sync checks again."
    ]

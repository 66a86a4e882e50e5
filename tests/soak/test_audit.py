"""The audit of the soak test finds what is lost, doubled and wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection as database

from bookings import actions
from bookings.models import Booking, BookingChange, Claim, Proposal
from connections.models import Occurrence
from soak.ledger import Try
from tests.bookings.practice import HOUR, berlin
from tests.factories import START, ConnectionFactory
from tests.soak.stage import Stage

Spoil = Callable[["Stage"], object]


def test_where_all_is_right_nothing_is_found_and_everything_was_looked_at(stage: Stage) -> None:
    found = stage.audit()
    assert (found.lost, found.doubled, found.wrong, found.clean) == ([], [], [], True)
    assert found.looked_at == {
        "events in iCloud": 2,
        "attempts to book": 1,
        "claims of bookings": 1,
        "seats": 1,
        "mails to clients": 1,
        "calendar parts": 1,
        "calendars of clients": 2,
        "appointments of clients": 2,
        "bookings": 1,
        "confirmations": 1,
        "stored events": 2,
    }


# --- lost -------------------------------------------------------------------------------------------------------------


def the_event_is_gone(stage: Stage) -> None:
    stage.practice.account.calendar("Home").delete(stage.href)


def the_booking_is_gone(stage: Stage) -> None:
    stage.ledger.tries["Otto"] = Try("Otto", stage.practice.now, "booked", 4711)


def the_booking_is_cancelled(stage: Stage) -> None:
    actions.cancel(stage.booking, now=stage.practice.now)
    stage.practice.push()
    stage.rest()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (the_event_is_gone, "has no event"),
        (the_booking_is_gone, "Otto was told 4711: []"),
        (the_booking_is_cancelled, "was cancelled by nobody"),
    ],
)
def test_what_is_lost_is_found(stage: Stage, spoil: Spoil, words: str) -> None:
    spoil(stage)
    lost = stage.audit().lost
    assert [words in sentence for sentence in lost] == [True]


# --- doubled ----------------------------------------------------------------------------------------------------------


def the_event_stands_twice(stage: Stage) -> None:
    text = stage.practice.text(stage.booking).encode()
    stage.practice.account.calendar("Work").put(f"{stage.uid}.ics", text)
    stage.rest()


def an_event_is_left_behind(stage: Stage) -> None:
    text = stage.practice.text(stage.booking).replace(stage.uid, "LEFT-BEHIND").encode()
    stage.practice.account.calendar("Home").put("LEFT-BEHIND.ics", text)
    stage.rest()


def one_attempt_made_two(stage: Stage) -> None:
    stage.practice.book(START + 4 * HOUR)
    stage.practice.push()
    stage.rest()


def two_overlap(stage: Stage) -> None:
    """Only rows written past all rules do."""
    if database.vendor == "postgresql":
        with database.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE bookings_claim DROP CONSTRAINT claims_never_overlap")
    other = stage.practice.book(START, anyway=True, client=actions.ClientDetails("Otto"))
    stage.practice.push()
    stage.rest()
    stage.ledger.tries["Otto"] = Try("Otto", stage.practice.now, "booked", other.pk, insisted=True)
    Claim.objects.filter(booking=other).update(overlap_allowed=False)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (the_event_stands_twice, "has ["),
        (an_event_is_left_behind, "belongs to no booking and no slot"),
        (one_attempt_made_two, "Carla Client was told"),
    ],
)
def test_what_is_doubled_is_found(stage: Stage, spoil: Spoil, words: str) -> None:
    spoil(stage)
    doubled = stage.audit().doubled
    assert [words in sentence for sentence in doubled] == [True]


def test_two_bookings_that_overlap_are_found(stage: Stage) -> None:
    two_overlap(stage)
    assert ["overlap" in sentence for sentence in stage.audit().doubled] == [True]


def test_an_event_under_which_staff_kept_the_booking_is_nothing_wrong(stage: Stage) -> None:
    it_was_known(stage)
    actions.decide(Proposal.objects.get(), choice="keep", now=stage.practice.now)
    assert stage.audit().wrong == []


def test_of_a_booking_that_went_to_somebody_else_no_earlier_events_are_compared(stage: Stage) -> None:
    it_was_known(stage)
    assert ["in iCloud since" in sentence for sentence in stage.audit().wrong] == [True]
    stage.ledger.with_anybody.add(stage.booking.pk)
    assert stage.audit().wrong == []


def test_of_an_account_of_two_people_it_is_not_known_who_asked_after_a_process_was_killed(stage: Stage) -> None:
    stage.add(berlin(1, 10, 30), berlin(1, 11))
    stage.practice.sync()
    at = stage.practice.now + timedelta(seconds=10)  # the copy may be as old as that where iCloud cannot be asked
    BookingChange.objects.update(at=at)
    stage.ledger.listed["anna@example.com"] = [at]
    assert ["in iCloud since" in sentence for sentence in stage.audit().wrong] == [True]
    ConnectionFactory.create(username="anna@example.com")
    assert ["in iCloud since" in sentence for sentence in stage.audit().wrong] == [True]
    stage.disruption.killed.append(at - timedelta(seconds=30))
    assert stage.audit().wrong == []


@pytest.mark.parametrize("pending", [True, None])
def test_a_booking_that_was_cancelled_before_it_was_confirmed_need_not_have_known(
    stage: Stage, pending: bool | None
) -> None:
    it_was_known(stage)
    actions.decide(Proposal.objects.get(), choice="cancel", now=stage.practice.now)
    stage.ledger.cancelled[stage.booking.pk] = "told"
    stage.practice.push()
    stage.rest()
    assert ["in iCloud since" in sentence for sentence in stage.audit().wrong] == [True]
    stage.ledger.tries["Carla Client"].pending = pending
    assert stage.audit().wrong == []


def test_a_move_that_confirms_a_booking_need_not_have_its_former_time_free(stage: Stage) -> None:
    it_was_known(stage)
    made = BookingChange.objects.get()
    BookingChange.objects.update(kind=BookingChange.Kind.CONFIRMED)
    assert ["in iCloud since" in sentence for sentence in stage.audit().wrong] == [True]
    later = {"new_start": made.new_start + 9 * HOUR, "new_end": made.new_end + 9 * HOUR}
    BookingChange.objects.create(
        booking=made.booking, at=made.at, kind=BookingChange.Kind.MOVED, source=made.source, **later
    )
    assert stage.audit().wrong == []


# --- wrong ------------------------------------------------------------------------------------------------------------


def the_event_is_at_another_time(stage: Stage) -> None:
    text = stage.practice.text(stage.booking).replace("T100000", "T103000").encode()
    stage.practice.account.calendar("Home").put(f"{stage.uid}.ics", text)


def the_notes_are_gone(stage: Stage) -> None:
    stage.ledger.notes[stage.uid] = "noted"


def who_was_refused_has_one(stage: Stage) -> None:
    stage.ledger.tries["Carla Client"].outcome = "refused"


def who_cancelled_has_one(stage: Stage) -> None:
    stage.ledger.cancelled[stage.booking.pk] = "told"


def nobody_booked(stage: Stage) -> None:
    stage.ledger.tries.clear()


def nobody_is_asked(stage: Stage) -> None:
    stage.practice.later()
    stage.add(berlin(1, 10, 30), berlin(1, 11))
    stage.practice.sync()
    Proposal.objects.all().delete()


def nobody_collides(stage: Stage) -> None:
    Proposal.objects.create(booking=stage.booking, kind=Proposal.Kind.COLLISION, created_at=stage.practice.now)


def it_was_known(stage: Stage) -> None:
    """The event over the booking stood in iCloud long before it was booked, and somebody keeps the booking."""
    stage.add(berlin(1, 10, 30), berlin(1, 11))
    stage.practice.sync()
    BookingChange.objects.update(at=stage.practice.now + timedelta(minutes=5))


def nobody_insisted(stage: Stage) -> None:
    Claim.objects.update(overlap_allowed=True)


def it_is_read_amiss(stage: Stage) -> None:
    Occurrence.objects.filter(event__href=stage.lunch).update(blocks=False)


def something_was_complained_of(stage: Stage) -> None:
    stage.ledger.complain("a page answered 500")


def iCloud_mailed(stage: Stage) -> None:  # noqa: N802 - its name
    text = stage.practice.text(stage.booking)
    text = text.replace(
        "END:VEVENT", "ORGANIZER:mailto:anna@example.com\r\nATTENDEE:mailto:otto@example.org\r\nEND:VEVENT"
    )
    stage.practice.account.calendar("Home").put(f"{stage.uid}.ics", text.encode())


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (the_event_is_at_another_time, "is in iCloud as"),
        (the_notes_are_gone, "lost the notes of the phone"),
        (who_was_refused_has_one, "was refused, but has"),
        (who_cancelled_has_one, "was cancelled, but is live"),
        (nobody_booked, "nobody booked Carla Client"),
        (nobody_is_asked, "and nobody is told"),
        (nobody_collides, "has a collision proposal, but no event overlaps it"),
        (it_was_known, "in iCloud since"),
        (nobody_insisted, "may overlap, but nobody insisted"),
        (it_is_read_amiss, "but should have"),
        (something_was_complained_of, "a page answered 500"),
        (iCloud_mailed, "invites somebody"),
    ],
)
def test_what_is_wrong_is_found(stage: Stage, spoil: Spoil, words: str) -> None:
    spoil(stage)
    found = stage.audit()
    assert any(words in sentence for sentence in found.wrong), found
    assert (found.lost, found.doubled) == ([], [])


@pytest.mark.parametrize(("status", "said"), [("pending", False), ("confirmed", True)])
def test_an_event_in_the_buffer_of_a_booking_collides_only_while_it_is_pending(
    stage: Stage, status: str, said: bool
) -> None:
    pending_since = stage.practice.now if status == "pending" else None
    Booking.objects.update(status=status, calendar_unread_since=pending_since)
    Claim.objects.update(end=stage.booking.end + timedelta(minutes=15))
    stage.add(stage.booking.end, stage.booking.end + timedelta(minutes=15))
    nobody_collides(stage)
    assert any("but no event overlaps it" in sentence for sentence in stage.audit().wrong) is said

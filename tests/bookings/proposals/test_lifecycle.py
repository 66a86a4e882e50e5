"""What is asked of staff is asked about what stands there now, and what they decided is carried out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from bookings import actions
from bookings.models import Booking, LinkedEvent, Proposal
from bookings.notifications import outgoing
from bookings.notifications.mails import delivery
from bookings.proposals import mail_links
from bookings.push import outbox
from bookings.reconcile.engine import reconcile
from connections import push
from connections.models import CalendarConfiguration, Event
from tests.bookings.practice import HOUR, Practice, berlin, utc
from tests.factories import NOW, START


def asked() -> list[str]:
    return sorted(Proposal.objects.open().values_list("kind", flat=True))


def moved(practice: Practice) -> Booking:
    """A booking whose event was moved to 22:00 on the phone, which staff are asked about."""
    booking = practice.booked()
    practice.phone.move(practice.href(booking), berlin(1, 22))
    practice.poll_later()
    assert asked() == ["moved"]
    return booking


def look_again(practice: Practice) -> None:
    CalendarConfiguration.objects.update(reconcile_due=True)
    reconcile(practice.user, practice.now)


def meanwhile(monkeypatch: pytest.MonkeyPatch, name: str, what: Callable[[], object]) -> None:
    """Let something happen in Kalends right after a request of a push was answered."""
    real = getattr(push, name)

    def then(*arguments: object, **more: object) -> object:
        try:
            return real(*arguments, **more)
        finally:
            monkeypatch.setattr(push, name, real)
            what()

    monkeypatch.setattr(push, name, then)


@pytest.mark.parametrize("choice", ["put_back", "accept"])
def test_a_decision_that_could_not_be_pushed_yet_is_not_asked_for_again(practice: Practice, choice: str) -> None:
    booking = moved(practice)
    actions.decide(Proposal.objects.get(), choice=choice, now=practice.now)
    look_again(practice)
    assert (asked(), outbox.push_state(booking)) == ([], "queued")
    assert practice.push() == ["pushed"]
    assert practice.there(booking).start == (START if choice == "put_back" else utc(1, 21))


@pytest.mark.parametrize("edit", ["make_all_day", "make_floating", "cancel"])
def test_a_shape_that_is_put_back_is_not_asked_about_again(practice: Practice, edit: str) -> None:
    booking = practice.booked()
    getattr(practice.phone, edit)(practice.href(booking))
    practice.poll_later()
    actions.decide(Proposal.objects.get(), choice="put_back", now=practice.now)
    look_again(practice)
    assert (asked(), practice.push()) == ([], ["pushed"])
    there = practice.there(booking)
    assert (there.shape, there.start, there.cancelled) == ("timed", START, False)


@pytest.mark.parametrize("choice", ["put_back", "accept"])
def test_what_the_phone_did_after_the_decision_is_not_overwritten_unread(practice: Practice, choice: str) -> None:
    booking = moved(practice)
    practice.phone.move(practice.href(booking), berlin(1, 20))
    actions.decide(Proposal.objects.get(), choice=choice, now=practice.now)
    assert practice.push() == ["changed_on_both_sides"]
    assert practice.there(booking).start == utc(1, 19)
    practice.poll_later()
    assert asked() == ["both_sides"]


def test_a_shape_put_back_that_the_phone_changed_once_more_is_not_overwritten_unread(practice: Practice) -> None:
    booking = practice.booked()
    practice.phone.make_all_day(practice.href(booking))
    practice.poll_later()
    actions.decide(Proposal.objects.get(), choice="put_back", now=practice.now)
    practice.phone.move(practice.href(booking), berlin(1, 20))
    assert practice.push() == ["changed_on_both_sides"]
    assert practice.there(booking).start == utc(1, 19)
    practice.poll_later()
    assert asked() == ["both_sides"]


def test_an_event_that_is_cancelled_no_more_asks_nothing_any_more(practice: Practice) -> None:
    booking = practice.booked()
    practice.phone.cancel(practice.href(booking))
    practice.poll_later()
    assert asked() == ["deleted"]
    practice.phone.move(practice.href(booking), berlin(1, 10))
    resource = practice.account.calendar("Home").resources[practice.href(booking)]
    name = practice.href(booking).rpartition("/")[2]
    practice.account.calendar("Home").put(name, resource.data.replace(b"STATUS:CANCELLED", b"STATUS:CONFIRMED"))
    practice.poll_later()
    assert (asked(), outbox.push_state(booking)) == ([], "pushed")


def test_another_change_of_the_same_event_replaces_what_was_asked(practice: Practice) -> None:
    booking = practice.booked()
    practice.phone.make_all_day(practice.href(booking))
    practice.poll_later()
    assert asked() == ["reshaped"]
    practice.phone.move(practice.href(booking), berlin(1, 22))
    practice.poll_later()
    assert asked() == ["moved"]
    actions.decide(Proposal.objects.open().get(), choice="accept", now=practice.now)
    assert (practice.push(), practice.there(booking).start) == (["pushed"], utc(1, 21))


def test_nothing_is_asked_about_a_booking_that_was_cancelled_meanwhile(practice: Practice) -> None:
    booking = practice.booked()
    practice.phone.make_all_day(practice.href(booking))
    practice.poll_later()
    proposal = Proposal.objects.get()
    actions.cancel(booking, now=practice.now)
    Proposal.objects.update(withdrawn_at=None)  # as if it was asked at the very moment of the cancellation
    assert asked() == []
    with pytest.raises(actions.Refused, match="This booking is cancelled"):
        actions.decide(proposal, choice="put_back", now=practice.now)


def test_a_booking_cancelled_while_a_change_of_the_phone_is_found_loses_its_event(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    booking = practice.booked()
    actions.reschedule(booking, start=utc(1, 13), now=practice.now)
    practice.phone.move(practice.href(booking), berlin(1, 12))
    meanwhile(monkeypatch, "put", lambda: actions.cancel(booking, now=practice.now))
    practice.push()
    practice.poll_later()
    practice.push()
    assert (practice.events(), asked()) == ([], [])


def test_a_change_made_while_a_push_was_on_its_way_is_not_said_to_be_on_the_calendar(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    booking = practice.booked()
    actions.reschedule(booking, start=utc(1, 13), now=practice.now)
    meanwhile(monkeypatch, "put", lambda: actions.reschedule(booking, start=utc(1, 14), now=practice.now))
    practice.push()
    assert (outbox.push_state(booking), practice.there(booking).start) == ("queued", utc(1, 13))
    assert practice.push() == ["pushed"]
    assert (outbox.push_state(booking), practice.there(booking).start) == ("pushed", utc(1, 14))


def test_t15_a_stale_read_while_pushing_is_no_change_of_the_phone(practice: Practice) -> None:
    booking = practice.booked()
    actions.reschedule(booking, start=utc(1, 13), now=practice.now)
    assert practice.push() == ["pushed"]
    practice.later(HOUR)
    actions.reschedule(booking, start=utc(1, 14), now=practice.now)
    assert practice.push() == ["pushed"]
    actions.reschedule(booking, start=utc(1, 12), now=practice.now)
    Event.objects.all().delete()  # so that the event must be read, and the read lags behind our own write
    practice.icloud.switches.lag_seconds, practice.icloud.switches.lag_shows = 60, "old"
    practice.push()
    assert (outbox.push_state(booking), asked()) == ("retrying", [])
    practice.icloud.switches.lag_seconds = 0
    practice.later()
    assert practice.push() == ["pushed"]
    assert practice.there(booking).start == utc(1, 12)


def test_what_waits_for_a_decision_that_nobody_is_asked_for_goes_on(practice: Practice) -> None:
    booking = practice.booked()
    actions.reschedule(booking, start=utc(1, 13), now=practice.now)
    LinkedEvent.objects.update(state="changed_on_both_sides")
    look_again(practice)
    assert (practice.push(), practice.there(booking).start) == (["pushed"], utc(1, 13))


def test_a_collision_that_nobody_decided_ends_with_its_booking(practice: Practice) -> None:
    booking = practice.booked()
    practice.phone.add(practice.account.calendar("Work"), "Dentist", berlin(1, 10), berlin(1, 11))
    practice.poll_later()
    assert asked() == ["collision"]
    practice.later(booking.end - practice.now)
    look_again(practice)
    assert asked() == []


def test_a_collision_names_the_event_that_is_there_now(practice: Practice) -> None:
    practice.booked()
    work = practice.account.calendar("Work")
    dentist = practice.phone.add(work, "Dentist", berlin(1, 10), berlin(1, 11))
    practice.poll_later()
    practice.phone.delete(dentist)
    practice.phone.add(work, "School", berlin(1, 10, 30), berlin(1, 12))
    practice.poll_later()
    found = Proposal.objects.open().get()
    assert (found.new_start, found.new_end) == (utc(1, 9, 30), utc(1, 11))


# --- what is over is neither asked, cancelled nor mailed -------------------------------------------------------------


def attended(practice: Practice) -> Booking:
    """A booking that was over two hours ago."""
    booking = practice.booked()
    practice.mails()
    mail.outbox.clear()
    practice.later(booking.end + 2 * HOUR - practice.now)
    practice.sync()
    return booking


def outcome(practice: Practice, booking: Booking) -> tuple[str, list[tuple[str, str]], int]:
    outgoing.mail_proposals(practice.now)
    delivery.send_due(practice.now)
    return Booking.objects.get(pk=booking.pk).status, practice.proposals(), len(mail.outbox)


@pytest.mark.parametrize("choice", ["ask", "cancel", "put_back"])
@pytest.mark.parametrize("edit", ["delete", "cancel", "make_all_day"])
def test_who_tidies_the_phone_after_an_appointment_changes_nothing(practice: Practice, edit: str, choice: str) -> None:
    booking = attended(practice)
    CalendarConfiguration.objects.update(when_deleted=choice)
    getattr(practice.phone, edit)(practice.href(booking))
    before = practice.events()
    practice.poll_later(3)
    assert outcome(practice, booking) == ("confirmed", [], 0)
    assert (practice.push(), practice.events()) == ([], before)


@pytest.mark.parametrize("choice", ["ask", "follow", "put_back"])
def test_who_notes_how_long_it_took_changes_nothing(practice: Practice, choice: str) -> None:
    booking = attended(practice)
    CalendarConfiguration.objects.update(when_moved=choice)
    practice.phone.lengthen(practice.href(booking), HOUR / 2)
    practice.poll_later()
    assert outcome(practice, booking) == ("confirmed", [], 0)
    assert booking.end == START + HOUR


def test_an_appointment_that_was_missed_and_is_moved_to_a_later_day_is_followed(practice: Practice) -> None:
    booking = attended(practice)
    practice.phone.move(practice.href(booking), START + timedelta(days=1))
    practice.poll_later()
    booking.refresh_from_db()
    assert booking.start == START + timedelta(days=1)


@pytest.mark.time_machine(NOW + timedelta(days=20), tick=False)
@pytest.mark.parametrize(("edit", "choice"), [("delete", "cancel"), ("move", "accept")])
def test_what_nobody_decided_in_time_is_not_carried_out_later(
    practice: Practice, client: Client, edit: str, choice: str
) -> None:
    booking = practice.booked()
    practice.mails()
    CalendarConfiguration.objects.update(when_moved="ask")
    where = [] if edit == "delete" else [START + 2 * HOUR]
    getattr(practice.phone, edit)(practice.href(booking), *where)
    practice.poll_later(3)
    [asked] = Proposal.objects.open()
    mail.outbox.clear()
    practice.later(timedelta(days=20))
    with pytest.raises(actions.Refused, match="There is nothing to decide any more"):
        actions.decide(asked, choice=choice, now=practice.now)
    assert outcome(practice, booking) == ("confirmed", [], 0)
    assert outbox.push_state(booking) == "pushed"
    shown = client.get(f"/bookings/proposals/mail/{mail_links.token_of(asked)}/")
    assert b"There is nothing left to decide." in shown.content

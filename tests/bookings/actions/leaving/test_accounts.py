"""The account of somebody who left: disconnected when nothing waits, or at once, and what is said of it meanwhile."""

from __future__ import annotations

import pytest
import time_machine
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bookings import actions, tasks
from bookings.actions import leaving
from bookings.models import Booking
from bookings.openings import search
from connections import accounts
from connections.freshness import freshness
from connections.models import Calendar, CalendarConfiguration, Connection
from practice.models import Activity, User
from tests.bookings.actions.leaving.conftest import Colleague
from tests.bookings.practice import HOUR, Practice
from tests.factories import NOW, START, LinkedEventFactory, UserFactory, dead_feed
from tests.pages import texts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("olga")]
LATER = 3 * 24 * HOUR


def left(practice: Practice) -> leaving.Waiting:
    return leaving.waiting_for(practice.user, practice.now)


def connected(practice: Practice) -> bool:
    return Connection.objects.filter(user=practice.user).exists()


@pytest.fixture
def gone(practice: Practice) -> Practice:
    """Anna was deactivated after her last booking, whose event still has the name."""
    practice.booked()
    practice.later(LATER)
    leaving.deactivate(practice.user, now=practice.now)
    return practice


# --- by itself -------------------------------------------------------------------------------------


def test_it_is_disconnected_by_the_schedule_when_the_last_name_is_gone(gone: Practice) -> None:
    assert (leaving.disconnect_settled(gone.now), connected(gone)) == (0, True)
    with time_machine.travel(gone.now, tick=False):
        tasks.push_events()
    assert connected(gone) is False
    assert "arla" not in gone.text(Booking.objects.get())
    assert Activity.objects.get(kind="disconnected").user == gone.user
    assert (left(gone).sentences, left(gone).is_connected) == ([], False)


def test_it_is_disconnected_right_after_the_deactivation_too(gone: Practice) -> None:
    with time_machine.travel(gone.now, tick=False):
        tasks.settle_leaving(gone.user.pk)
    assert connected(gone) is False


def test_with_nothing_to_write_it_goes_at_once(practice: Practice) -> None:
    leaving.deactivate(practice.user, now=practice.now)
    assert (leaving.disconnect_settled(practice.now), connected(practice)) == (1, False)


def test_while_icloud_does_not_answer_it_is_said_what_waits(gone: Practice) -> None:
    gone.icloud.faults.status(503)
    gone.push()
    assert leaving.disconnect_settled(gone.now) == 0
    assert left(gone).sentences == ["1 event in Anna’s account still carries the name."]
    gone.icloud.faults.clear()
    gone.later()
    gone.push()
    assert (leaving.disconnect_settled(gone.now), left(gone).sentences) == (1, [])


def test_an_account_that_refuses_the_password_waits_for_a_person(gone: Practice) -> None:
    gone.account.revoke_all()
    gone.push()
    assert leaving.disconnect_settled(gone.now) == 0
    waiting = left(gone)
    assert (waiting.needs_attention, waiting.sentences) == (
        True,
        ["1 event in Anna’s account that needs reconnecting still carries the name."],
    )


def test_a_calendar_by_web_address_that_is_refused_says_nothing_of_the_account(gone: Practice) -> None:
    dead_feed(gone.user, connection__needs_attention=True, connection__error_code="unauthorized")
    waiting = left(gone)
    assert (waiting.is_connected, waiting.needs_attention, waiting.sentences) == (
        True,
        False,
        ["1 event in Anna’s account still carries the name."],
    )
    gone.push()
    assert (leaving.disconnect_settled(gone.now), connected(gone)) == (1, False)


def test_whoever_is_back_is_not_told_to_reconnect_an_account_for_it(practice: Practice) -> None:
    dead_feed(practice.user, connection__needs_attention=True, connection__error_code="unauthorized")
    assert leaving.missing_for_bookings(practice.user) == []


def test_bookings_that_are_still_to_be_decided_keep_the_account(practice: Practice) -> None:
    booking = practice.booked()
    leaving.deactivate(practice.user, now=practice.now)
    practice.push()
    assert leaving.disconnect_settled(practice.now) == 0
    assert left(practice).sentences == ["1 upcoming booking with Anna is still to be decided."]
    leaving.settle_bookings(practice.user, {booking.pk: None}, now=practice.now)
    assert left(practice).sentences == ["1 event in Anna’s account is still to be changed or removed."]
    practice.push()
    assert (leaving.disconnect_settled(practice.now), practice.events()) == (1, [])


def test_who_is_active_keeps_the_account_whatever_waits(practice: Practice) -> None:
    assert (leaving.disconnect_settled(practice.now), leaving.disconnect_at_once(practice.user, practice.now)) == (
        0,
        False,
    )
    leaving.deactivate(practice.user, now=practice.now)
    leaving.reactivate(practice.user, now=practice.now)
    assert (leaving.disconnect_settled(practice.now), connected(practice)) == (0, True)


# --- at once ---------------------------------------------------------------------------------------


def test_at_once_what_stays_is_named_until_somebody_has_seen_to_it(gone: Practice) -> None:
    assert left(gone).stays_on_iphone() == ["1 event in Anna’s account still carries the name."]
    assert (leaving.disconnect_at_once(gone.user, gone.now), connected(gone)) == (True, False)
    assert "SUMMARY:Carla Client" in gone.text(Booking.objects.get())
    assert left(gone).sentences == ["1 event in Anna’s disconnected account still carries the name."]
    assert (leaving.note_seen_to(gone.user), left(gone).sentences) == (1, [])


def test_the_event_of_a_booking_that_went_to_a_colleague_is_named_as_hers(practice: Practice, ben: Colleague) -> None:
    practice.booked()
    practice.later(LATER)
    booking = practice.booked(START + 7 * 24 * HOUR)
    leaving.deactivate(practice.user, now=practice.now)
    leaving.settle_bookings(practice.user, {booking.pk: ben.user}, now=practice.now)
    leaving.disconnect_at_once(practice.user, practice.now)
    assert left(practice).sentences == ["2 events in Anna’s disconnected account still carry the name."]
    assert leaving.waiting_for(ben.user, practice.now).out_of_reach == 0


def test_accounts_with_one_user_name_on_two_servers_are_told_apart() -> None:
    anna, ben = UserFactory.create(), UserFactory.create()
    there, here = {"account": "anna", "server": "cloud.example.org"}, {"account": "anna", "server": "home.example.net"}
    LinkedEventFactory.create(booking__staff=anna, **there)
    went = LinkedEventFactory.create(booking__staff=ben, **here).booking
    lost = {"calendar": None, "calendar_path": "/gone/", "wanted": "absent", "erase_due": True}
    LinkedEventFactory.create(booking=went, **lost, **there)
    assert [leaving.waiting_for(user, NOW).out_of_reach for user in (anna, ben)] == [1, 0]


def test_names_that_were_to_stay_are_not_missed(practice: Practice) -> None:
    practice.booked()
    practice.later(LATER)
    leaving.deactivate(practice.user, now=practice.now, keep_names=True)
    assert (leaving.disconnect_settled(practice.now), left(practice).sentences) == (1, [])


# --- coming back -----------------------------------------------------------------------------------


def test_she_signs_in_again_and_cannot_be_booked_before_she_is_connected_and_configured(gone: Practice) -> None:
    gone.push()
    leaving.disconnect_settled(gone.now)
    leaving.reactivate(gone.user, now=gone.now)
    assert (freshness(gone.user, now=gone.now).state, openings(gone)) == ("unconfigured", 0)
    assert leaving.missing_for_bookings(gone.user) == [
        "They must connect their calendar account again, with a new app-specific password, and choose calendars."
    ]
    connect_again(gone)
    assert (openings(gone), leaving.missing_for_bookings(gone.user)) == (0, ["They must choose their calendars."])
    home = Calendar.objects.get(connection=gone.connection, name="Home")
    accounts.configure(gone.user, linked=home, conflicts=[], now=gone.now)
    gone.sync()
    assert (openings(gone) > 0, leaving.missing_for_bookings(gone.user)) == (True, [])
    assert CalendarConfiguration.objects.get(user=gone.user).must_connect is False


def connect_again(practice: Practice) -> None:
    password = practice.account.new_app_password("Again")
    practice.connection = accounts.connect(
        practice.user, username="anna@example.com", password=password, url=practice.icloud.entry_url, now=practice.now
    )


def openings(practice: Practice) -> int:
    span = (practice.now, practice.now + 7 * 24 * HOUR)
    return len(search.find(practice.service, [practice.user], *span, now=practice.now).openings)


def test_still_connected_she_is_bookable_at_once_and_upcoming_events_have_their_names_again(
    practice: Practice,
) -> None:
    booking = practice.booked()
    leaving.deactivate(practice.user, now=practice.now)
    practice.push()
    without = practice.text(booking)
    leaving.reactivate(practice.user, now=practice.now)
    practice.push()
    assert ("arla" in without, "SUMMARY:Carla Client" in practice.text(booking)) == (False, True)
    assert openings(practice) > 0
    assert Activity.objects.get(kind="reactivated").user == practice.user
    with pytest.raises(actions.Refused, match="Anna is active already"):
        leaving.reactivate(practice.user, now=practice.now)


def test_somebody_who_never_had_an_account_needs_none(db: None) -> None:
    front_desk = UserFactory.create(role=User.Role.FRONT_DESK, configuration=None)
    staff = UserFactory.create()
    for user in (front_desk, staff):
        leaving.deactivate(user, now=NOW)
        leaving.reactivate(user, now=NOW)
    assert (leaving.missing_for_bookings(front_desk), leaving.missing_for_bookings(staff)) == (
        [],
        ["Say which services they offer."],
    )


def test_the_number_of_queries_does_not_grow_with_people(practice: Practice) -> None:
    practice.booked()
    many = [practice.user, *UserFactory.create_batch(9)]
    counts = []
    for users in (many[:1], many):
        with CaptureQueriesContext(database) as queries:
            leaving.waiting_for_each(users, practice.now)
        counts.append(len(queries))
    assert counts == [6, 6]


def test_whoever_must_connect_again_reads_so_on_every_page(gone: Practice, client: Client) -> None:
    leaving.disconnect_at_once(gone.user, gone.now)
    leaving.reactivate(gone.user, now=gone.now)
    client.force_login(gone.user)
    notice = "//div[contains(@class, 'notice--warn')]/p"
    connect = (
        "Your calendar account was disconnected when you were deactivated. "
        "Until you connect it again nobody can book you."
    )
    assert texts(client.get("/bookings/"), notice) == [connect]
    connect_again(gone)
    choose = "Choose which calendars block your time. Until then nobody can book you."
    assert texts(client.get("/bookings/"), notice) == [choose]


def test_a_deletion_on_the_iphone_of_somebody_who_left_is_asked_about(practice: Practice) -> None:
    CalendarConfiguration.objects.update(when_deleted="cancel")
    booking = practice.booked()
    leaving.deactivate(practice.user, now=practice.now)
    practice.push()
    practice.phone.delete(practice.href(booking))
    practice.poll_later(2)
    assert (Booking.objects.get().status, [kind for kind, _reason in practice.proposals()]) == (
        "confirmed",
        ["deleted"],
    )

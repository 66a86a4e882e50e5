"""Commands that change bookings: book, reschedule, cancel, decide, push_bookings. Their JSON is public."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from bookings.models import Booking, Claim, Client, Hold, LinkedEvent, Proposal, Service
from connections.models import Calendar, CalendarConfiguration, Connection
from connections.problems import Problem
from practice.models import User
from tests.bookings.practice import Practice, berlin
from tests.factories import (
    NOW,
    START,
    BlockedSlotFactory,
    BookingFactory,
    CalendarFactory,
    ClientFactory,
    CoveredDayFactory,
    LinkedEventFactory,
    ProposalFactory,
    QuestionFactory,
    UserFactory,
    office_hours,
)
from tests.shell import Answer, ask, refusal, shown

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
TAKEN = "Another booking is at this time (%s)."
NAIVE = refusal("“2026-12-01T10:00:00” has no time zone. Add one, like 2026-12-01T10:00:00+01:00 or …Z.")


@pytest.fixture
def anna(anna: User) -> User:
    """She works Monday to Friday, nine to five."""
    office_hours(anna)
    return anna


def book(start: object = START.isoformat(), *more: str, name: str = "Carla") -> Answer:
    return ask("book", "--service", "talk", "--start", start, "--name", name, *more)


def reschedule(booking: Booking, start: object) -> Answer:
    return ask("reschedule", "--booking", booking.pk, "--start", start)


def of_client() -> dict[str, str]:
    """What the JSON of the only booking says for its client."""
    return {"cause": "", "link": Booking.objects.get().seat.link, "staff": "anna", "why_staff": ""}


# --- book -------------------------------------------------------------------------------------------------


def test_a_booking_is_made_and_described(talk: Service) -> None:
    answer = book("2026-12-01T10:00:00+01:00", "--email", "carla@example.org", "--phone", "+49 30 1")
    booking = Booking.objects.get()
    assert answer == Answer(
        0,
        {
            "id": booking.pk,
            "status": "confirmed",
            "uid": None,
            "start": "2026-12-01T09:00:00Z",
            "end": "2026-12-01T10:00:00Z",
            "push": "no_linked_calendar",
            **of_client(),
        },
    )
    client = booking.client
    assert (client.name, client.email, client.phone) == ("Carla", "carla@example.org", "+49301")


def test_language_zone_and_answers_are_kept_with_the_seat(talk: Service) -> None:
    answers = ("--answer", "knee=left", "--answer", "since = May = spring")
    assert book(START.isoformat(), "--lang", "de", "--zone", "Asia/Tokyo", *answers).code == 0
    seat = Booking.objects.get().seat
    assert (seat.language, seat.time_zone) == ("de", "Asia/Tokyo")
    assert seat.answers == {"knee": "left", "since": "May = spring"}


def test_a_service_with_several_durations_is_booked_for_one_of_them(talk: Service) -> None:
    Service.objects.update(other_minutes=[30, 90])
    assert book(START.isoformat(), "--minutes", "45") == refusal("“Talk” takes 30, 60 or 90 minutes.")
    assert book(START.isoformat(), "--minutes", "90").code == 0
    booking = Booking.objects.get()
    assert booking.end - booking.start == timedelta(minutes=90)


def test_answers_to_questions_of_the_service_are_read_as_these_want_them(talk: Service) -> None:
    QuestionFactory.create(service=talk, key="side", kind="several", options="left\nright", words="Which side?")
    QuestionFactory.create(service=talk, key="first", kind="yes_no", words="Is it your first visit?")
    answers = ("--answer", "side=left", "--answer", "first=yes", "--answer", "side=right")
    assert book(START.isoformat(), *answers).code == 0
    seat = Booking.objects.get().seat
    assert (seat.answers, seat.asked) == (
        {"side": ["left", "right"], "first": True},
        {"side": "Which side?", "first": "Is it your first visit?"},
    )


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ("knee=left", "There is no question “knee”. Choose one of: side."),
        ("side=above", "Which side?: Choose one of: left, right."),
    ],
)
def test_what_answers_no_question_of_the_service_is_refused(talk: Service, answer: str, sentence: str) -> None:
    QuestionFactory.create(service=talk, key="side", kind="choice", options="left\nright", words="Which side?")
    assert book(START.isoformat(), "--answer", answer) == refusal(sentence)


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("--lang", "xx", "“xx” is not a language for clients. Choose one of: en, de."),
        ("--zone", "Berlin", "“Berlin” is not a time zone. Give one like Europe/Berlin."),
        ("--answer", "left", "“left” is no answer. Write it as KEY=VALUE."),
        ("--answer", "=left", "“=left” is no answer. Write it as KEY=VALUE."),
    ],
)
def test_a_language_zone_or_answer_that_makes_no_sense_is_refused(
    talk: Service, option: str, value: str, sentence: str
) -> None:
    assert book(START.isoformat(), option, value) == refusal(sentence)
    assert Booking.objects.count() == 0


def test_with_a_linked_calendar_the_booking_waits_to_be_sent_under_its_uid(talk: Service, anna: User) -> None:
    calendar = CalendarFactory(connection__user=anna, is_conflict_calendar=False)
    CalendarConfiguration.objects.filter(user=anna).update(linked_calendar=calendar)
    answer = book()
    assert (answer.json["push"], answer.json["uid"]) == ("queued", LinkedEvent.objects.get().uid)


def test_without_staff_somebody_who_is_free_is_booked(talk: Service, anna: User) -> None:
    ben = UserFactory(username="ben")
    office_hours(ben)
    talk.staff.add(ben)
    assert [book().code, book().code] == [0, 0]
    assert sorted(row.staff.username for row in Booking.objects.all()) == ["anna", "ben"]


def test_a_staff_member_can_be_named(talk: Service) -> None:
    ben = UserFactory(username="ben")
    office_hours(ben)
    talk.staff.add(ben)
    assert book(START.isoformat(), "--staff", "ben").code == 0
    assert Booking.objects.get().staff == ben


@pytest.mark.parametrize(
    ("start", "sentence"),
    [
        ("2026-12-01T20:00:00+01:00", "The time is outside the working hours of Tuesday (09:00–17:00)."),
        ("2026-12-01T16:30:00+01:00", "The time is outside the working hours of Tuesday (09:00–17:00)."),
        (
            "2026-12-01T10:07:00+01:00",
            "Counted from 09:00, the service can start every 15 minutes, but not at 10:07.",
        ),
        (
            "2026-11-30T09:30:00+01:00",
            "The service needs 60 minutes’ notice, so it can start from Mon 30 Nov 2026, 10:00 on.",
        ),
        ("2026-11-29T10:00:00+01:00", "This time is over."),
        (
            "2027-03-01T10:00:00+01:00",
            "The service can be booked 60 days ahead, that is before Fri 29 Jan 2027, 09:00.",
        ),
        ("2026-12-01T13:00:00+01:00", "Blocked in Kalends (13:00–14:00)."),
        ("2026-12-01T15:00:00+01:00", TAKEN % "15:00–16:00"),
    ],
)
def test_a_time_that_is_not_open_is_refused_with_the_reason(
    talk: Service, anna: User, start: str, sentence: str
) -> None:
    BlockedSlotFactory(user=anna, start=START + 3 * HOUR)
    BookingFactory(staff=anna, start=START + 5 * HOUR)
    answer = book(start)
    assert (answer.code, answer.json["error"]) == (2, sentence)
    assert answer.error.startswith(sentence)
    assert Booking.objects.count() == 1


def test_a_refused_booking_names_the_next_openings(talk: Service, anna: User) -> None:
    BlockedSlotFactory(user=anna)
    answer = book()
    assert answer.error == (
        "Blocked in Kalends (10:00–11:00). Next openings: 2026-12-01T10:00:00Z, 2026-12-01T10:15:00Z, "
        "2026-12-01T10:30:00Z."
    )
    assert answer.json["openings"][0] == {
        "start": "2026-12-01T10:00:00Z",
        "end": "2026-12-01T11:00:00Z",
        "staff": "anna",
    }


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"--service": "nothing"}, "There is no service “nothing”."),
        ({"--staff": "nobody"}, "There is no user “nobody”."),
        ({"--staff": "ben"}, "ben does not offer “Talk”."),
        ({"--name": "  "}, "Say who the booking is for."),
        ({"--email": "carla"}, "email: Enter a valid email address."),
        ({"--start": "9999-12-31T23:30:00Z"}, "“9999-12-31T23:30:00Z” is too far from today."),
        (
            {"--name": "C" * 201},
            "name: Ensure this value has at most 200 characters (it has 201).",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_stored(
    talk: Service, arguments: dict[str, str], sentence: str
) -> None:
    UserFactory(username="ben")
    given = {"--service": "talk", "--start": START.isoformat(), "--name": "Carla", **arguments}
    assert ask("book", *(part for pair in given.items() for part in pair)) == refusal(sentence)
    assert (Booking.objects.count(), Client.objects.count()) == (0, 0)


def test_a_service_that_cannot_be_booked_or_has_nobody_is_refused(talk: Service) -> None:
    talk.staff.clear()
    assert book() == refusal("Nobody offers “Talk” yet.")
    Service.objects.update(visibility=Service.Visibility.OFF)
    assert book() == refusal("“Talk” cannot be booked at the moment.")


def test_naive_times_are_refused(talk: Service, anna: User) -> None:
    assert book("2026-12-01T10:00:00") == NAIVE
    assert reschedule(BookingFactory(staff=anna), "2026-12-01T10:00:00") == NAIVE


def test_while_calendars_cannot_be_read_a_booking_is_pending(talk: Service, anna: User) -> None:
    CalendarFactory(connection__user=anna, connection__needs_attention=True, fresh_at=NOW - 3 * HOUR)
    assert book().json["status"] == "pending"


# --- hold -------------------------------------------------------------------------------------------------


def test_a_time_is_kept_and_described(talk: Service) -> None:
    answer = ask("hold", "--service", "talk", "--start", START.isoformat())
    hold = Hold.objects.get()
    assert answer == Answer(
        0,
        {
            "hold": hold.public_id,
            "start": "2026-12-01T09:00:00Z",
            "end": "2026-12-01T10:00:00Z",
            "staff": "anna",
            "expires_at": "2026-11-30T08:10:00Z",
        },
    )


def test_what_is_kept_by_one_is_refused_to_the_next_with_the_nearest_times(talk: Service) -> None:
    ask("hold", "--service", "talk", "--staff", "anna", "--start", START.isoformat())
    answer = ask("hold", "--service", "talk", "--start", START.isoformat())
    assert (answer.code, answer.json["error"]) == (2, "A client is booking this time right now.")
    assert [one["start"] for one in answer.json["openings"]] == [
        "2026-12-01T08:00:00Z",
        "2026-12-01T10:00:00Z",
        "2026-12-01T10:15:00Z",
    ]
    assert Claim.objects.count() == 1


# --- reschedule and cancel --------------------------------------------------------------------------------


def test_a_booking_is_moved_and_keeps_its_length(talk: Service, anna: User) -> None:
    booking = BookingFactory(staff=anna, service=talk, end=START + HOUR)
    assert reschedule(booking, "2026-12-01T14:00:00+01:00") == Answer(
        0,
        {
            "id": booking.pk,
            "status": "confirmed",
            "uid": None,
            "start": "2026-12-01T13:00:00Z",
            "end": "2026-12-01T14:00:00Z",
            "push": "no_linked_calendar",
            **of_client(),
        },
    )


def test_a_booking_is_not_moved_over_another(talk: Service, anna: User) -> None:
    booking = BookingFactory(staff=anna, service=talk)
    BookingFactory(staff=anna, service=talk, start=START + 2 * HOUR)
    assert reschedule(booking, (START + 2 * HOUR).isoformat()) == refusal(TAKEN % "12:00–13:00")
    booking.refresh_from_db()
    assert booking.start == START


def test_a_booking_may_move_into_its_own_time(talk: Service, anna: User) -> None:
    booking = BookingFactory(staff=anna, service=talk)
    assert reschedule(booking, (START + HOUR / 2).isoformat()).json["start"] == "2026-12-01T09:30:00Z"


def test_a_booking_moved_to_where_it_is_stays_as_it_was(talk: Service, anna: User) -> None:
    booking = BookingFactory(staff=anna, service=talk)
    assert reschedule(booking, "2026-12-01T10:00:00+01:00").code == 0
    booking.refresh_from_db()
    assert (booking.revision, booking.changes.count()) == (1, 0)


def test_a_booking_is_cancelled_and_its_time_opens(talk: Service, anna: User) -> None:
    booking = BookingFactory(staff=anna, service=talk)
    assert book() == Answer(2, *_closed())
    answer = ask("cancel", "--booking", booking.pk)
    assert answer == Answer(
        0,
        {
            "id": booking.pk,
            "status": "cancelled",
            "uid": None,
            "start": "2026-12-01T09:00:00Z",
            "end": "2026-12-01T10:00:00Z",
            "push": "no_linked_calendar",
            **of_client(),
        },
    )
    assert ask("cancel", "--booking", booking.pk) == answer
    assert book().code == 0


def _closed() -> tuple[dict[str, Any], str]:
    openings = [
        {"start": f"2026-12-01T10:{minute}:00Z", "end": f"2026-12-01T11:{minute}:00Z", "staff": "anna"}
        for minute in ("00", "15", "30")
    ]
    times = ", ".join(opening["start"] for opening in openings)
    taken = TAKEN % "10:00–11:00"
    return {"error": taken, "openings": openings}, f"{taken} Next openings: {times}."


def test_a_cancelled_booking_is_not_moved(talk: Service, anna: User) -> None:
    booking = BookingFactory(staff=anna, service=talk, status=Booking.Status.CANCELLED)
    assert reschedule(booking, (START + HOUR).isoformat()) == refusal("This booking is cancelled.")


def test_an_unknown_booking_is_refused() -> None:
    assert ask("cancel", "--booking", 4711) == refusal("There is no booking 4711.")
    assert ask("reschedule", "--booking", 4711, "--start", START.isoformat()) == refusal("There is no booking 4711.")


def test_for_people_each_change_is_a_sentence(talk: Service, anna: User) -> None:
    made = shown("book", "--service", "talk", "--start", START.isoformat(), "--name", "Carla")
    number = Booking.objects.get().pk
    assert made == f"Booking {number}: 2026-12-01T09:00:00Z – 2026-12-01T10:00:00Z, confirmed.\n"
    moved = shown("reschedule", "--booking", number, "--start", (START + HOUR).isoformat())
    assert moved == f"Booking {number} is now 2026-12-01T10:00:00Z – 2026-12-01T11:00:00Z.\n"
    assert shown("cancel", "--booking", number) == f"Booking {number} is cancelled.\n"


# --- decide -----------------------------------------------------------------------------------------------


def test_accepting_a_move_lets_the_booking_follow(talk: Service, anna: User) -> None:
    proposal = ProposalFactory(
        booking=BookingFactory(staff=anna, service=talk),
        kind=Proposal.Kind.MOVED,
        new_start=START + 10 * HOUR,
        new_end=START + 11 * HOUR,
    )
    answer = ask("decide", "--proposal", proposal.pk, "--choice", "accept")
    assert (answer.code, answer.json["start"], answer.json["end"]) == (
        0,
        "2026-12-01T19:00:00Z",
        "2026-12-01T20:00:00Z",
    )
    again = ask("decide", "--proposal", proposal.pk, "--choice", "accept")
    assert again == refusal("This was decided already.")


def test_a_deletion_may_cancel_the_booking(talk: Service, anna: User) -> None:
    proposal = ProposalFactory(booking=BookingFactory(staff=anna, service=talk))
    assert ask("decide", "--proposal", proposal.pk, "--choice", "cancel").json["status"] == "cancelled"


def covered(talk: Service, anna: User) -> list[Proposal]:
    """Two bookings of a day that Anna’s event covers."""
    day = CoveredDayFactory.create(person=anna)
    bookings = [BookingFactory.create(staff=anna, service=talk, start=START + hours * HOUR) for hours in (0, 2)]
    return [ProposalFactory.create(booking=one, kind="collision", covered_day=day) for one in bookings]


def test_all_clients_of_a_covered_day_are_asked_to_choose_another_time(talk: Service, anna: User) -> None:
    _first, second = covered(talk, anna)
    answer = ask("decide", "--proposal", second.pk, "--choice", "ask_all")
    assert answer == Answer(0, {"decided": 2, "left": 0, "refused": []})
    assert set(Proposal.objects.values_list("choice", flat=True)) == {"ask"}


def test_handing_over_says_for_how_many_nobody_else_is_free(talk: Service, anna: User) -> None:
    first, _second = covered(talk, anna)
    words = shown("decide", "--proposal", first.pk, "--choice", "hand_over_all")
    assert words == "Decided: 0. Nobody else is free: 2.\n"


def test_a_proposal_that_is_alone_is_not_decided_with_others(talk: Service, anna: User) -> None:
    proposal = ProposalFactory.create(booking=BookingFactory.create(staff=anna, service=talk), kind="collision")
    refused = ask("decide", "--proposal", proposal.pk, "--choice", "keep_all")
    assert refused == refusal("This proposal is not about several bookings of a day. Decide it alone.")


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.django_db(transaction=True)
def test_a_kill_while_a_cancellation_is_decided_leaves_it_to_be_decided_again(talk: Service, anna: User) -> None:
    proposal = ProposalFactory(booking=BookingFactory(staff=anna, service=talk))

    def kill(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith('UPDATE "bookings_booking"'):
            raise Killed
        return execute(sql, *rest)

    with pytest.raises(Killed), connection.execute_wrapper(kill):
        ask("decide", "--proposal", proposal.pk, "--choice", "cancel")
    proposal.refresh_from_db()
    assert (proposal.decided_at, proposal.booking.status) == (None, "confirmed")


def test_a_choice_that_the_proposal_does_not_offer_is_refused(talk: Service, anna: User) -> None:
    proposal = ProposalFactory(booking=BookingFactory(staff=anna, service=talk))
    refused = ask("decide", "--proposal", proposal.pk, "--choice", "keep")
    assert refused == refusal("This choice is not available here.")
    assert ask("decide", "--proposal", 4711, "--choice", "keep") == refusal("There is no proposal 4711.")


# --- push_bookings ----------------------------------------------------------------------------------------


def test_what_is_due_is_pushed_once(practice: Practice) -> None:
    booking = practice.book()
    answer = ask("push_bookings", now=practice.now)
    assert answer == Answer(0, [{"booking": booking.pk, "push": "pushed", "error": None}])
    assert ask("push_bookings", now=practice.now) == Answer(0, [])
    assert practice.events() == [practice.href(booking)]


def test_a_push_that_fails_is_told_and_tried_again(practice: Practice) -> None:
    booking = practice.book()
    practice.icloud.faults.status(503)
    sentence = "iCloud asks Kalends to wait. It tries again by itself."
    failed = [{"booking": booking.pk, "push": "retrying", "error": sentence}]
    assert ask("push_bookings", now=practice.now) == Answer(1, failed, sentence)
    later = practice.now + timedelta(minutes=10)
    assert ask("push_bookings", now=later).json == [{"booking": booking.pk, "push": "pushed", "error": None}]


def test_our_own_pause_is_ignored_but_what_the_server_asked_for_is_not(practice: Practice) -> None:
    booking = practice.book()
    practice.icloud.faults.status(500)
    assert ask("push_bookings", now=practice.now).json[0]["push"] == "retrying"
    practice.icloud.faults.status(503, retry_after="600")
    assert ask("push_bookings", now=practice.now).json[0]["push"] == "retrying"
    practice.icloud.log.clear()
    sentence = "iCloud asks Kalends to wait. It tries again by itself."
    waiting = [{"booking": booking.pk, "push": "retrying", "error": sentence}]
    assert ask("push_bookings", now=practice.now) == Answer(1, waiting, sentence)
    assert (practice.sync().error, list(practice.icloud.log)) == (Problem("throttled"), [])
    pushed = [{"booking": booking.pk, "push": "pushed", "error": None}]
    assert ask("push_bookings", "--force", now=practice.now) == Answer(0, pushed)


def test_a_push_that_another_worker_has_in_hand_is_waited_for(practice: Practice) -> None:
    booking = practice.book()
    claimed = practice.now + timedelta(seconds=0.5)
    LinkedEvent.objects.update(claimed_until=claimed)
    out = io.StringIO()
    with time_machine.travel(practice.now, tick=True):
        call_command("push_bookings", "--json", stdout=out)
        assert timezone.now() >= claimed
    assert json.loads(out.getvalue()) == [{"booking": booking.pk, "push": "pushed", "error": None}]


def test_a_refused_password_is_told_at_once_and_as_long_as_it_waits(practice: Practice) -> None:
    booking = practice.book()
    practice.account.revoke_all()
    sentence = (
        "Apple no longer accepts the app-specific password of anna@example.com. Make a new one at account.apple.com "
        "and reconnect."
    )
    waiting = Answer(1, [{"booking": booking.pk, "push": "needs_reconnect", "error": sentence}], sentence)
    assert ask("push_bookings", now=practice.now) == waiting
    practice.icloud.log.clear()
    assert ask("push_bookings", "--force", now=practice.now) == waiting
    assert list(practice.icloud.log) == []


def test_an_event_that_the_phone_moved_meanwhile_is_not_overwritten(practice: Practice) -> None:
    booking = practice.booked()
    practice.phone.move(practice.href(booking), berlin(1, 14))
    text = practice.text(booking)
    Booking.objects.update(revision=2)
    assert ask("push_bookings", now=practice.now) == Answer(
        1,
        [{"booking": booking.pk, "push": "changed_on_both_sides", "error": None}],
        "Some events were changed on both sides; see the proposals.",
    )
    assert practice.text(booking) == text


def test_the_event_of_a_cancelled_booking_goes(practice: Practice) -> None:
    booking = practice.booked()
    assert ask("cancel", "--booking", booking.pk, now=practice.now).json["push"] == "queued"
    assert ask("push_bookings", now=practice.now).json == [{"booking": booking.pk, "push": "pushed", "error": None}]
    assert (practice.events(), ask("bookings", "--user", "anna").json[0]["push"]) == ([], "pushed")


def test_what_belongs_to_no_calendar_any_more_is_left_alone(talk: Service, anna: User) -> None:
    calendar = CalendarFactory(connection__user=anna)
    LinkedEventFactory(booking=BookingFactory(staff=anna), calendar=calendar)
    Connection.objects.all().delete()
    assert Calendar.objects.count() == 0
    assert ask("push_bookings") == Answer(0, [])
    assert shown("push_bookings") == "0 events were pushed.\n"


def test_what_cannot_be_written_to_a_calendar_fails_the_push_in_one_sentence(practice: Practice) -> None:
    booking, away = practice.book(), START.replace(year=9999)
    Booking.objects.filter(pk=booking.pk).update(start=away, end=away + HOUR)
    sentence = "This time is too far from today for a calendar. Choose another."
    failed = [{"booking": booking.pk, "push": "retrying", "error": sentence}]
    for _ in range(2):
        assert ask("push_bookings", now=practice.now) == Answer(1, failed, sentence)


# --- clients ----------------------------------------------------------------------------------------------


def test_duplicates_become_one_client(anna: User) -> None:
    keep, one, other = ClientFactory(), ClientFactory(), ClientFactory()
    BookingFactory(staff=anna, client=other)
    answer = ask("merge_clients", "--keep", keep.pk, "--into", one.pk, other.pk)
    assert answer == Answer(0, {"client": keep.pk, "merged": [one.pk, other.pk], "bookings": 1})
    gone = refusal(f"There is no client {one.pk}.")
    assert ask("merge_clients", "--keep", keep.pk, "--into", one.pk) == gone
    assert ask("merge_clients", "--keep", keep.pk, "--into", keep.pk) == refusal("Choose another client to merge.")


def test_a_phone_number_that_cannot_be_read_is_refused(talk: Service) -> None:
    answer = book(START.isoformat(), "--phone", "030 1234567")
    assert answer == refusal("Write the number with its country code: +49 30 1234567.")

"""Commands that only look: busy, openings, bookings, proposals, why. Their JSON is public."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from django.utils import translation

from bookings.management.commands.proposals import Command as Proposals
from bookings.models import Booking, LinkedEvent, Proposal, Service
from connections.models import Calendar
from practice.models import User
from tests.factories import (
    NOW,
    START,
    BlockedSlotFactory,
    BookingFactory,
    CalendarFactory,
    CoveredDayFactory,
    LinkedEventFactory,
    OccurrenceFactory,
    ProposalFactory,
    UserFactory,
    office_hours,
)
from tests.shell import Answer, ask, refusal, shown

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_work")]

HOUR = timedelta(hours=1)
DAY = ("--from", "2026-12-01T00:00:00+01:00", "--to", "2026-12-02T00:00:00+01:00")
NAIVE = "“2026-12-01T10:00:00” has no time zone. Add one, like 2026-12-01T10:00:00+01:00 or …Z."


@pytest.fixture
def work(anna: User) -> Calendar:
    return CalendarFactory(connection__user=anna, name="Work", path="/123/calendars/work/")


# --- busy -------------------------------------------------------------------------------------------------


def test_busy_lists_events_and_blocked_slots_by_start(anna: User, work: Calendar) -> None:
    OccurrenceFactory(calendar=work, start=START + 2 * HOUR, uid="FREE", summary="Lunch", blocks=False)
    OccurrenceFactory(calendar=work, start=START, uid="DENTIST", recurrence_id="2026-12-01T09:00:00Z")
    BlockedSlotFactory(user=anna, start=START + HOUR, note="Plumber")
    assert ask("busy", "--user", "anna", *DAY) == Answer(
        0,
        [
            {
                "start": "2026-12-01T09:00:00Z",
                "end": "2026-12-01T10:00:00Z",
                "blocks": True,
                "reason": "busy",
                "all_day": False,
                "summary": "Dentist",
                "uid": "DENTIST",
                "recurrence_id": "2026-12-01T09:00:00Z",
                "calendar": "/123/calendars/work/",
            },
            {
                "start": "2026-12-01T10:00:00Z",
                "end": "2026-12-01T11:00:00Z",
                "blocks": True,
                "reason": "blocked_slot",
                "all_day": False,
                "summary": "Plumber",
                "uid": None,
                "recurrence_id": None,
                "calendar": None,
            },
            {
                "start": "2026-12-01T11:00:00Z",
                "end": "2026-12-01T12:00:00Z",
                "blocks": False,
                "reason": "free",
                "all_day": False,
                "summary": "Lunch",
                "uid": "FREE",
                "recurrence_id": None,
                "calendar": "/123/calendars/work/",
            },
        ],
    )


def test_busy_gives_what_overlaps_unclipped_and_leaves_out_what_only_touches(anna: User, work: Calendar) -> None:
    OccurrenceFactory(calendar=work, start=START - HOUR, end=START + HOUR, summary="Over")
    OccurrenceFactory(calendar=work, start=START - HOUR, end=START, summary="Before")
    OccurrenceFactory(calendar=work, start=START + HOUR, summary="After")
    BlockedSlotFactory(user=anna, start=START - HOUR, end=START)
    answer = ask("busy", "--user", "anna", "--from", START.isoformat(), "--to", (START + HOUR).isoformat())
    assert [(row["summary"], row["start"], row["end"]) for row in answer.json] == [
        ("Over", "2026-12-01T08:00:00Z", "2026-12-01T10:00:00Z")
    ]


def test_busy_lists_no_booking_but_calls_its_event_our_own(anna: User, work: Calendar) -> None:
    booking = BookingFactory(staff=anna)
    placement = LinkedEventFactory(booking=booking, calendar=work, pushed=True)
    OccurrenceFactory(calendar=work, uid=placement.uid, summary="Carla")
    rows = ask("busy", "--user", "anna", *DAY).json
    assert [(row["summary"], row["blocks"], row["reason"]) for row in rows] == [("Carla", False, "own_booking")]


def test_busy_of_somebody_with_nothing_is_an_empty_list(anna: User) -> None:
    OccurrenceFactory()
    assert ask("busy", "--user", "anna", *DAY) == Answer(0, [])
    assert shown("busy", "--user", "anna", *DAY) == "Nothing.\n"


def test_busy_for_people_says_blocks_or_free_and_why(anna: User, work: Calendar) -> None:
    OccurrenceFactory(calendar=work)
    OccurrenceFactory(calendar=work, start=START + HOUR, blocks=False)
    assert shown("busy", "--user", "anna", *DAY) == (
        "2026-12-01T09:00:00Z – 2026-12-01T10:00:00Z  blocks (busy)  Dentist\n"
        "2026-12-01T10:00:00Z – 2026-12-01T11:00:00Z  free (free)  Dentist\n"
    )


# --- times on input ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("2026-12-01T10:00:00", NAIVE),
        (
            "2026-12-01",
            "“2026-12-01” has no time zone. Add one, like 2026-12-01T10:00:00+01:00 or …Z.",
        ),
        ("tomorrow", "“tomorrow” is not a time. Write it like 2026-12-01T10:00:00+01:00."),
        ("", "“” is not a time. Write it like 2026-12-01T10:00:00+01:00."),
        ("0001-01-01T00:00:00+14:00", "“0001-01-01T00:00:00+14:00” is too far from today."),
        ("9999-12-31T23:59:59Z", "“9999-12-31T23:59:59Z” is too far from today."),
    ],
)
@pytest.mark.parametrize("command", ["busy", "openings", "why"])
def test_a_time_that_is_none_or_naive_is_refused(talk: Service, command: str, text: str, sentence: str) -> None:
    later = "2026-12-03T00:00:00Z"
    arguments = {
        "busy": ["--user", "anna", f"--from={text}", "--to", later],
        "openings": ["--service", "talk", "--from", NOW.isoformat(), f"--to={text}"],
        "why": ["--user", "anna", f"--at={text}"],
    }
    assert ask(command, *arguments[command]) == refusal(sentence)


@pytest.mark.parametrize("spelling", ["2026-12-01T10:00:00+01:00", "2026-12-01T09:00:00Z", "20261201T0900Z"])
def test_any_offset_names_the_same_moment(talk: Service, spelling: str) -> None:
    until = "2026-12-01T10:00:00Z"
    answer = ask("openings", "--service", "talk", "--from", spelling, "--to", until)
    assert answer.json["openings"][0]["start"] == "2026-12-01T09:00:00Z"


@pytest.mark.parametrize("command", [("busy", "--user", "anna"), ("openings", "--service", "talk")])
def test_a_span_that_ends_before_it_starts_is_refused(talk: Service, command: tuple[str, ...]) -> None:
    answer = ask(*command, "--from", START.isoformat(), "--to", START.isoformat())
    assert answer == refusal("The end must come after the start.")


# --- openings ---------------------------------------------------------------------------------------------


def test_openings_are_starts_with_their_end_and_staff(talk: Service, work: Calendar) -> None:
    OccurrenceFactory(calendar=work, start=START, end=START + 5 * HOUR)
    answer = ask("openings", "--service", "talk", *DAY)
    assert answer == Answer(
        0,
        {
            "as_of": "2026-11-30T07:59:00Z",
            "pending": False,
            "openings": [
                {"start": start, "end": end, "staff": "anna"}
                for start, end in [
                    ("2026-12-01T08:00:00Z", "2026-12-01T09:00:00Z"),
                    ("2026-12-01T14:00:00Z", "2026-12-01T15:00:00Z"),
                    ("2026-12-01T14:15:00Z", "2026-12-01T15:15:00Z"),
                    ("2026-12-01T14:30:00Z", "2026-12-01T15:30:00Z"),
                    ("2026-12-01T14:45:00Z", "2026-12-01T15:45:00Z"),
                    ("2026-12-01T15:00:00Z", "2026-12-01T16:00:00Z"),
                ]
            ],
        },
    )


def test_openings_say_that_a_booking_would_stay_pending(talk: Service, work: Calendar) -> None:
    Calendar.objects.update(fresh_at=NOW - timedelta(days=1))
    answer = ask("openings", "--service", "talk", *DAY).json
    assert (answer["pending"], answer["openings"][0]["staff"]) == (True, "anna")


def test_openings_of_all_staff_are_sorted_by_start_and_as_of_is_the_oldest(talk: Service, work: Calendar) -> None:
    ben = UserFactory(username="ben")
    office_hours(ben)
    talk.staff.add(ben)
    CalendarFactory(connection__user=ben, fresh_at=NOW - timedelta(minutes=4))
    answer = ask("openings", "--service", "talk", *DAY).json
    assert answer["as_of"] == "2026-11-30T07:56:00Z"
    starts = [opening["start"] for opening in answer["openings"]]
    assert starts == sorted(starts)
    assert all(one <= next_one for one, next_one in pairwise(starts))
    assert {opening["staff"] for opening in answer["openings"]} == {"anna", "ben"}
    only = ask("openings", "--service", "talk", "--staff", "ben", *DAY).json["openings"]
    assert {opening["staff"] for opening in only} == {"ben"}


def test_without_calendars_there_is_no_as_of(talk: Service) -> None:
    answer = ask("openings", "--service", "talk", *DAY).json
    assert (answer["as_of"], len(answer["openings"])) == (None, 29)


def test_a_service_that_cannot_be_booked_has_no_openings(talk: Service) -> None:
    Service.objects.update(visibility=Service.Visibility.OFF)
    assert ask("openings", "--service", "talk", *DAY).json == {"as_of": None, "pending": False, "openings": []}
    assert shown("openings", "--service", "talk", *DAY) == "No openings.\n"


# --- names ------------------------------------------------------------------------------------------------


def test_unknown_names_are_refused_by_name(talk: Service) -> None:
    nobody = refusal("There is no user “nobody”.")
    nothing = refusal("There is no service “nothing”.")
    assert ask("busy", "--user", "nobody", *DAY) == nobody
    assert ask("bookings", "--user", "nobody") == nobody
    assert ask("proposals", "--user", "nobody") == nobody
    assert ask("why", "--user", "nobody", "--at", START.isoformat()) == nobody
    assert ask("openings", "--service", "talk", "--staff", "nobody", *DAY) == nobody
    assert ask("openings", "--service", "nothing", *DAY) == nothing
    assert ask("why", "--user", "anna", "--at", START.isoformat(), "--service", "nothing") == nothing


def test_somebody_who_does_not_offer_the_service_is_refused(talk: Service) -> None:
    UserFactory(username="ben")
    sentence = refusal(f"ben does not offer “{talk.name}”.")
    assert ask("openings", "--service", "talk", "--staff", "ben", *DAY) == sentence
    assert ask("why", "--user", "ben", "--service", "talk", "--at", START.isoformat()) == sentence


# --- bookings ---------------------------------------------------------------------------------------------


def test_bookings_are_listed_with_status_uid_and_push_state(anna: User, work: Calendar) -> None:
    plain = BookingFactory(staff=anna)
    pushed = BookingFactory(staff=anna, start=START + HOUR, status=Booking.Status.PENDING)
    placement = LinkedEventFactory(booking=pushed, calendar=work, pushed=True)
    BookingFactory()
    assert ask("bookings", "--user", "anna") == Answer(
        0,
        [
            {
                "id": plain.pk,
                "status": "confirmed",
                "uid": None,
                "start": "2026-12-01T09:00:00Z",
                "end": "2026-12-01T10:00:00Z",
                "push": "no_linked_calendar",
                "cause": "",
                "link": plain.seat.link,
                "staff": "anna",
                "why_staff": "",
            },
            {
                "id": pushed.pk,
                "status": "pending",
                "uid": placement.uid,
                "start": "2026-12-01T10:00:00Z",
                "end": "2026-12-01T11:00:00Z",
                "push": "pushed",
                "cause": "calendar_unreadable",
                "link": pushed.seat.link,
                "staff": "anna",
                "why_staff": "",
            },
        ],
    )


@pytest.mark.parametrize("state", LinkedEvent.State.values)
def test_each_push_state_is_told_as_it_is(anna: User, work: Calendar, state: str) -> None:
    LinkedEventFactory(booking=BookingFactory(staff=anna), calendar=work, state=state)
    assert [row["push"] for row in ask("bookings", "--user", "anna").json] == [state]


def test_a_booking_that_moved_to_another_calendar_has_the_uid_of_the_new_event(anna: User, work: Calendar) -> None:
    booking = BookingFactory(staff=anna)
    new = LinkedEventFactory(booking=booking, calendar=work, uid="NEW")
    LinkedEventFactory(booking=booking, calendar=work, uid="OLD", wanted=LinkedEvent.Wanted.ABSENT)
    assert [row["uid"] for row in ask("bookings", "--user", "anna").json] == [new.uid]


def test_how_many_bookings_there_are_changes_no_number_of_queries(
    anna: User, work: Calendar, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    for hour in range(30):
        LinkedEventFactory(booking=BookingFactory(staff=anna, start=START + hour * HOUR), calendar=work)
    with django_assert_max_num_queries(4):  # type: ignore[operator]
        assert len(ask("bookings", "--user", "anna").json) == 30


def test_bookings_for_people_are_a_line_each(anna: User) -> None:
    assert shown("bookings", "--user", "anna") == "No bookings.\n"
    booking = BookingFactory(staff=anna)
    assert shown("bookings", "--user", "anna") == (
        f"{booking.pk}  2026-12-01T09:00:00Z – 2026-12-01T10:00:00Z  confirmed  no_linked_calendar\n"
    )


# --- proposals --------------------------------------------------------------------------------------------


def test_proposals_say_what_they_ask_and_what_may_be_chosen(anna: User) -> None:
    booking = BookingFactory(staff=anna)
    moved = ProposalFactory(
        booking=booking, kind=Proposal.Kind.MOVED, new_start=START + HOUR, new_end=START + 2 * HOUR, reason="Outside."
    )
    ProposalFactory(booking=booking, kind=Proposal.Kind.DELETED, decided_at=NOW)
    ProposalFactory()
    assert ask("proposals", "--user", "anna") == Answer(
        0,
        [
            {
                "id": moved.pk,
                "booking": booking.pk,
                "kind": "moved",
                "reason": "Outside.",
                "start": "2026-12-01T10:00:00Z",
                "end": "2026-12-01T11:00:00Z",
                "choices": ["accept", "put_back"],
            }
        ],
    )
    assert shown("proposals", "--user", "anna") == (f"{moved.pk}  booking {booking.pk}: Outside. (accept, put_back)\n")


def test_what_one_event_covers_of_a_day_is_listed_as_belonging_together(anna: User) -> None:
    day = CoveredDayFactory.create(person=anna)
    bookings = [BookingFactory.create(staff=anna, start=START + hours * HOUR) for hours in (0, 2)]
    first, second = (ProposalFactory.create(booking=one, kind="collision", covered_day=day) for one in bookings)
    listed = ask("proposals", "--user", "anna").json
    assert [(row["id"], row["together"]) for row in listed] == [
        (first.pk, [first.pk, second.pk]),
        (second.pk, [first.pk, second.pk]),
    ]
    assert listed[0]["choices"] == ["keep", "ask", "cancel", "ask_all", "hand_over_all", "keep_all"]
    assert shown("proposals", "--user", "anna").splitlines()[-1] == (
        f"“Ill” covers your 2 bookings on Tue 1 Dec. Decide all with --proposal {first.pk} and one of: "
        "ask_all, hand_over_all, keep_all."
    )


def test_what_it_no_longer_covers_is_listed_with_other_answers(anna: User) -> None:
    day = CoveredDayFactory.create(person=anna)
    bookings = [BookingFactory.create(staff=anna, start=START + hours * HOUR) for hours in (0, 2)]
    first, _second = (ProposalFactory.create(booking=one, kind="uncovered", covered_day=day) for one in bookings)
    listed = ask("proposals", "--user", "anna").json
    assert listed[0]["choices"] == ["stand", "keep_asking", "stand_all", "keep_asking_all"]
    assert shown("proposals", "--user", "anna").splitlines()[-1] == (
        "“Ill” no longer covers 2 bookings on Tue 1 Dec. The clients were asked to choose another time. "
        f"Decide all with --proposal {first.pk} and one of: stand_all, keep_asking_all."
    )


def test_without_proposals_there_is_nothing_to_decide(anna: User) -> None:
    assert ask("proposals", "--user", "anna") == Answer(0, [])
    assert shown("proposals", "--user", "anna") == "Nothing to decide.\n"


# --- why --------------------------------------------------------------------------------------------------


def test_why_says_whether_a_time_is_open_with_every_reason(anna: User, work: Calendar) -> None:
    OccurrenceFactory(calendar=work, summary="Dentist")
    answer = ask("why", "--user", "anna", "--at", "2026-12-01T10:00:00+01:00")
    assert answer == Answer(
        0,
        {
            "at": "2026-12-01T09:00:00Z",
            "open": False,
            "as_of": "2026-11-30T07:59:00Z",
            "reasons": [
                {
                    "kind": "hours",
                    "blocks": False,
                    "text": "The time is within the working hours (09:00–17:00).",
                    "start": "2026-12-01T08:00:00Z",
                    "end": "2026-12-01T16:00:00Z",
                },
                {
                    "kind": "occurrence",
                    "blocks": True,
                    "text": "“Dentist” in “Work” (10:00–11:00) is marked Busy, so it blocks.",
                    "start": "2026-12-01T09:00:00Z",
                    "end": "2026-12-01T10:00:00Z",
                },
                {
                    "kind": "freshness",
                    "blocks": False,
                    "text": "Calendars last checked: 08:59.",
                    "start": None,
                    "end": "2026-11-30T07:59:00Z",
                },
            ],
        },
    )


def test_why_with_a_service_asks_whether_it_can_start_there(talk: Service) -> None:
    open_there = ask("why", "--user", "anna", "--at", "2026-12-01T10:00:00+01:00", "--service", "talk").json
    assert (open_there["open"], open_there["as_of"]) == (True, None)
    assert [reason["kind"] for reason in open_there["reasons"]] == ["hours", "notice", "horizon", "freshness"]
    between = ask("why", "--user", "anna", "--at", "2026-12-01T10:05:00+01:00", "--service", "talk").json
    assert between["open"] is False


def test_why_for_people_marks_what_blocks(anna: User, work: Calendar) -> None:
    OccurrenceFactory(calendar=work, summary="Dentist")
    assert shown("why", "--user", "anna", "--at", "2026-12-01T10:00:00+01:00") == (
        "2026-12-01T09:00:00Z is not open.\n"
        "✓ The time is within the working hours (09:00–17:00).\n"
        "✗ “Dentist” in “Work” (10:00–11:00) is marked Busy, so it blocks.\n"
        "✓ Calendars last checked: 08:59.\n"
    )


def test_commands_speak_german_where_it_is_the_active_language(anna: User) -> None:
    parser = Proposals().create_parser("manage.py", "proposals")
    assert parser.description == "List changes made on the iPhone that a staff member must decide."
    with translation.override("de"):
        parser = Proposals().create_parser("manage.py", "proposals")
        assert parser.description == "Listet Änderungen auf dem iPhone auf, über die eine Person entscheiden muss."
        assert shown("proposals", "--user", "anna") == "Nichts zu entscheiden.\n"
        assert ask("cancel", "--booking", 99) == refusal("Es gibt keine Buchung 99.")

"""Which events block, where and how long, read through a whole sync."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from connections.models import CalendarConfiguration, Event, Occurrence
from connections.sync import reexpand
from sandbox.device.device import AppleDevice
from tests.bookings.practice import BERLIN, Practice, berlin
from tests.connections.ical.museum import MUSEUM, calendar, museum
from tests.ics_text import event
from tests.traps.conftest import Start
from tests.traps.looking import WELL, blocked, every, named, reasons, row, state, times

HALF = timedelta(minutes=30)
TIMED = "UID:x\nDTSTART:20261201T090000Z\nDTEND:20261201T100000Z\n"


def put(practice: Practice, *lines: str) -> None:
    """Events of these lines in Work, read."""
    for number, line in enumerate(lines):
        practice.account.calendar("Work").put(f"{number}.ics", calendar(line))
    practice.poll_later()


# --- T25 --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({}, [("01 10:00-11:00", "busy")]),
        ({"free": True}, [("01 10:00-11:00", "free")]),
        ({"travel": HALF}, [("01 09:30-11:00", "busy")]),
        ({"travel": HALF, "return_travel": 2 * HALF}, [("01 09:30-12:00", "busy")]),
        ({"start": date(2026, 12, 1)}, [("01 00:00-00:00", "free")]),
        ({"start": date(2026, 12, 1), "free": False}, [("01 00:00-00:00", "busy")]),
        ({"start": berlin(1, 23), "end": berlin(2, 1)}, [("01 23:00-01:00", "busy")]),
        ({"end": berlin(1, 10)}, [("01 10:00-10:00", "busy")]),
    ],
)
def test_t25_what_the_phone_shows_as_busy_blocks(
    practice: Practice, facts: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    practice.phone.add(practice.account.calendar("Work"), "Event", **{"start": berlin(1, 10), **facts})
    practice.poll_later()
    assert reasons() == found


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (TIMED + "STATUS:CANCELLED", [("01 10:00-11:00", "cancelled")]),
        (TIMED, [("01 10:00-11:00", "busy")]),
        (TIMED + "STATUS:TENTATIVE", [("01 10:00-11:00", "busy")]),
        ("UID:x\nDTSTART;VALUE=DATE:20261201", [("01 00:00-00:00", "busy")]),
        ("UID:x\nDTSTART:20261201T090000Z", [("01 10:00-10:00", "busy")]),
        ("UID:x\nDTSTART:20261201T090000Z\nDURATION:PT2H", [("01 10:00-12:00", "busy")]),
        (TIMED + "X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC", [("01 10:00-11:00", "busy")]),
    ],
)
def test_t25_what_a_file_leaves_out_counts_as_busy(
    practice: Practice, lines: str, found: list[tuple[str, str]]
) -> None:
    put(practice, lines)
    assert reasons() == found


@pytest.mark.parametrize(
    ("rule", "found"),
    [("as_marked", ["free", "busy"]), ("always", ["all_day_rule", "all_day_rule"]), ("never", ["all_day_rule"] * 2)],
)
def test_t25_all_day_events_follow_the_rule_of_their_calendar(practice: Practice, rule: str, found: list[str]) -> None:
    work = row("Work")
    practice.phone.add(practice.account.calendar("Work"), "Crete", date(2026, 12, 1))
    practice.phone.add(practice.account.calendar("Work"), "Fair", date(2026, 12, 2), free=False)
    work.all_day_rule = rule
    work.save(update_fields=["all_day_rule"])
    practice.poll_later()
    expected = {"as_marked": ["02 00:00-00:00"], "always": ["01 00:00-00:00", "02 00:00-00:00"], "never": []}
    assert ([reason for _, reason in reasons()], times()) == (found, expected[rule])


# --- T26 --------------------------------------------------------------------------------------------------

SPELLINGS = ["principal", "relay", "mail", "own-path"]
ANSWERS = {
    "DECLINED": "declined",
    "TENTATIVE": "invitation_rule",
    "NEEDS-ACTION": "invitation_rule",
    "ACCEPTED": "busy",
}


@pytest.mark.parametrize("switches", every(home_addresses=[True, False], short_principal_href=[True, False]), ids=named)
def test_t26_the_own_answer_is_found_however_the_owner_is_written(start: Start, switches: dict[str, Any]) -> None:
    practice = start(**switches)
    for day, me in enumerate(SPELLINGS, 1):
        for hour, answer in enumerate(ANSWERS, 10):
            practice.phone.receive_invitation(
                practice.account.calendar("Work"),
                "Meeting",
                berlin(day, hour),
                answer=answer,  # type: ignore[arg-type]
                me=me,  # type: ignore[arg-type]
            )
    practice.poll_later()
    assert [reason for _, reason in reasons()] == [*ANSWERS.values()] * len(SPELLINGS)
    assert len(times()) == 3 * len(SPELLINGS)


def test_t26_somebody_elses_refusal_frees_nothing(practice: Practice) -> None:
    put(practice, TIMED + "ATTENDEE;PARTSTAT=DECLINED:mailto:bert@example.com")
    assert reasons() == [("01 10:00-11:00", "busy")]


# --- T27 --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("keeps", ["past", "future"])
def test_t27_a_split_series_blocks_the_same_whichever_half_keeps_the_uid(practice: Practice, keeps: Any) -> None:
    href = practice.phone.add(practice.account.calendar("Work"), "Course", berlin(1, 10), rule="FREQ=DAILY;COUNT=4")
    practice.poll_later()
    practice.phone.move_following(href, berlin(3, 10), berlin(3, 15), keeps=keeps)
    practice.poll_later()
    assert times() == ["01 10:00-11:00", "02 10:00-11:00", "03 15:00-16:00", "04 15:00-16:00"]


@pytest.mark.parametrize("keeps", ["past", "future"])
def test_t27_a_booking_does_not_follow_half_a_series(practice: Practice, keeps: Any) -> None:
    booking = practice.booked(berlin(1, 10))
    href = practice.href(booking)
    practice.phone.repeat(href, "FREQ=DAILY;COUNT=4")
    practice.phone.move_following(href, berlin(3, 10), berlin(3, 15), keeps=keeps)
    practice.poll_later(2)
    booking.refresh_from_db()
    assert (booking.start, booking.status) == (berlin(1, 10), "confirmed")
    assert [kind for kind, _ in practice.proposals()][:1] == ["reshaped"]
    # what the series took of other days stays blocked until it is decided
    assert [one for one in blocked(practice) if one[:2] != "01"] == [
        "02 10:00-11:00",
        "03 15:00-16:00",
        "04 15:00-16:00",
    ]


# --- T28 --------------------------------------------------------------------------------------------------

SHIFTED = [f"{day} 12:00-12:30" for day in ("03", "04", "05")]
ODD = [
    ("apple_invited_to_single_instances_only", ["08 10:00-11:00", "22 12:00-13:00"], ""),
    ("several_overrides_for_one_slot", ["01 10:00-11:00", "02 14:00-15:00", "02 16:00-17:00"], ""),
    ("rdate_with_periods", ["01 10:00-11:00", "03 09:00-11:00", "04 09:00-09:30", "05 10:00-11:00"], ""),
    ("exdate_in_another_zone", ["01 10:00-11:00"], ""),
    ("range_this_and_future", [*(f"{day} 10:00-11:00" for day in ("01", "02")), *SHIFTED], ""),
    ("cut_off_after_the_start", ["01 10:00-00:00"], "unreadable"),
]


@pytest.mark.parametrize(("file", "found", "problem"), ODD)
def test_t28_odd_series_are_accepted_and_what_cannot_be_read_blocks_and_is_named(
    practice: Practice, file: str, found: list[str], problem: str
) -> None:
    practice.account.calendar("Work").put("odd.ics", museum(file))
    practice.poll_later()
    assert (Event.objects.get().problem, times(), state(practice)) == (problem, found, WELL)


def test_t28_an_event_that_became_unreadable_does_not_vanish(practice: Practice) -> None:
    work = practice.account.calendar("Work")
    work.put("1.ics", event("A"))
    practice.poll_later()
    work.put("1.ics", event("A").replace(b"DTEND:20261201T110000Z", b"DTEND:2026120Z"))
    practice.poll_later()
    assert (reasons(), Event.objects.get().problem) == ([("01 11:00-01:00", "unreadable")], "unreadable")


# --- T29 --------------------------------------------------------------------------------------------------


def test_t29_odd_files_do_not_keep_the_others_of_their_calendar_from_being_read(practice: Practice) -> None:
    work = practice.account.calendar("Work")
    odd = sorted(MUSEUM.glob("*.ics"))
    for file in odd:
        work.put(file.name, file.read_bytes())
    practice.phone.add(work, "Dentist", berlin(1, 14))
    practice.poll_later()
    assert (state(practice), row("Work").error_code) == (WELL, "")
    assert Event.objects.filter(calendar=row("Work")).count() == len(odd) + 1
    assert "01 14:00-15:00" in times()


@pytest.mark.parametrize(
    "file",
    [
        "apple_duplicate_dtstamp_in_an_override",
        "apple_stray_tzid_property",
        "apple_empty_summary_and_location",
        "apple_structured_location_with_broken_folding",
    ],
)
def test_t29_apples_own_oddities_are_no_problems(practice: Practice, file: str) -> None:
    practice.account.calendar("Work").put("odd.ics", museum(file))
    practice.poll_later()
    assert (Event.objects.get().problem, times()[0], row("Work").error_code) == ("", "01 10:00-11:00", "")


# --- T30 --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe"])
def test_t30_times_come_from_the_named_zone_whatever_its_vtimezone_says(practice: Practice, zone: str) -> None:
    phone = AppleDevice(practice.account, zone=zone)
    phone.add(practice.account.calendar("Work"), "Course", datetime(2026, 12, 1, 9), rule="FREQ=MONTHLY;COUNT=8")  # noqa: DTZ001
    practice.poll_later()
    there = [one.start.astimezone(phone.zone) for one in Occurrence.objects.order_by("start")]
    assert [(one.month, one.day, one.hour) for one in there] == [(month, 1, 9) for month in (12, 1, 2, 3, 4, 5, 6, 7)]


def test_t30_a_vtimezone_counts_where_its_name_is_unknown(practice: Practice) -> None:
    practice.account.calendar("Work").put("1.ics", museum("exchange_customised_zone"))
    practice.poll_later()
    assert times()[0] == "01 10:00-11:00"


# --- T31 --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("zone", "offset"), [("Europe/Berlin", 1), ("Pacific/Auckland", 13), ("America/New_York", -5)])
@pytest.mark.parametrize("server_zone", ["UTC", "Asia/Tokyo"])
def test_t31_floating_and_all_day_times_are_the_staff_members(
    practice: Practice, settings: Any, zone: str, offset: int, server_zone: str
) -> None:
    settings.TIME_ZONE = server_zone
    CalendarConfiguration.objects.update(time_zone=zone)
    work = practice.account.calendar("Work")
    practice.phone.add(work, "Walk", berlin(1, 10), floating=True)
    practice.phone.add(work, "Fair", date(2026, 12, 3), free=False)
    practice.poll_later()
    first = datetime(2026, 12, 1, 10, tzinfo=UTC) - timedelta(hours=offset)
    day = datetime(2026, 12, 3, tzinfo=UTC) - timedelta(hours=offset)
    found = list(Occurrence.objects.order_by("start").values_list("start", "end"))
    assert found == [(first, first + timedelta(hours=1)), (day, day + timedelta(days=1))]


# --- T32 --------------------------------------------------------------------------------------------------


def test_t32_an_endless_series_ends_at_the_window_and_goes_on_with_it(practice: Practice) -> None:
    practice.phone.add(practice.account.calendar("Work"), "Course", berlin(1, 10), rule="FREQ=DAILY")
    practice.poll_later()
    last = _last_day()
    practice.icloud.log.clear()
    later = practice.now + timedelta(days=100)
    reexpand.move_window(later)
    assert (_last_day() - last, list(practice.icloud.log)) == (timedelta(days=100), [])
    assert Occurrence.objects.order_by("start")[0].end >= later - timedelta(days=36)


def _last_day() -> date:
    return Occurrence.objects.order_by("-start")[0].start.astimezone(BERLIN).date()


def test_t32_over_both_clock_changes_an_endless_series_keeps_its_hour(practice: Practice) -> None:
    practice.phone.add(practice.account.calendar("Work"), "Course", berlin(1, 10), rule="FREQ=WEEKLY")
    practice.poll_later()
    hours = {one.start.astimezone(BERLIN).hour for one in Occurrence.objects.all()}
    assert hours == {10}

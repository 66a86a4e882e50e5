"""Our own events: writing, patching, recognising."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from connections.ical import EventDraft, OwnEvent, compose, meaning, own_event, patch
from connections.ical.timezones import zone_from_vtimezone
from tests.connections.ical.museum import calendar, museum

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


LATER = NOW + timedelta(days=1)


DRAFT = EventDraft(
    uid="0B6F2C1E-0000-4000-8000-000000000001",
    start=datetime(2026, 12, 1, 9, tzinfo=UTC),
    end=datetime(2026, 12, 1, 10, tzinfo=UTC),
    zone="Europe/Berlin",
    summary="Haircut: Zoë",
    description="Made in Kalends",
    url="https://kalends.example/b/1",
)


WRITTEN = compose(DRAFT, now=NOW)


MOVED = replace(DRAFT, start=DRAFT.start + timedelta(hours=2), end=DRAFT.end + timedelta(hours=3))


def lines(data: bytes, *names: str) -> list[str]:
    """Unfolded content lines of the first VEVENT that begin with one of `names`."""
    text = data.decode().replace("\r\n ", "")
    event = text.split("BEGIN:VEVENT\r\n", 1)[1].split("BEGIN:VALARM")[0]
    return [line for line in event.split("\r\n") if line.startswith(names)]


def edited(*changes: tuple[str, str]) -> bytes:
    """The written event after an edit on the phone."""
    data = WRITTEN
    for old, new in changes:
        assert old.encode() in data
        data = data.replace(old.encode(), new.replace("\n", "\r\n").encode())
    return data


SHAPES = [
    ("DTSTART:20261201T090000Z\nDTEND:20261201T100000Z", "timed"),
    ("DTSTART;TZID=Europe/Berlin:20261201T100000\nDURATION:PT1H", "timed"),
    ("DTSTART:20261201T100000\nDTEND:20261201T110000", "floating"),
    ("DTSTART;TZID=Nowhere:20261201T100000\nDTEND;TZID=Nowhere:20261201T110000", "floating"),
    ("DTSTART;VALUE=DATE:20261201", "all_day"),
    ("DTSTART:20261201T090000Z\nDTEND:20261201T100000Z\nRRULE:FREQ=DAILY", "recurring"),
    ("DTSTART:20261201T090000Z\nDTEND:20261201T100000Z\nRDATE:20261202T090000Z", "recurring"),
    ("RECURRENCE-ID:20261201T090000Z\nDTSTART:20261201T090000Z\nDTEND:20261201T100000Z", "recurring"),
    ("DTSTART:soon", "unreadable"),
    ("SUMMARY:no time", "unreadable"),
]


@pytest.mark.parametrize(("times", "shape"), SHAPES)
def test_the_shape_of_a_pushed_event_is_told(times, shape):
    event = own_event(calendar("UID:x\n" + times))

    assert (event.uid, event.shape) == ("x", shape)
    if shape == "timed":
        assert (event.start, event.end) == (DRAFT.start, DRAFT.end)


def test_travel_time_is_no_part_of_a_pushed_events_time():
    event = own_event(museum("apple_travel_time_with_route"))

    assert (event.start, event.end) == (DRAFT.start, DRAFT.end)


def test_a_cancelled_event_is_told():
    assert own_event(edited(("STATUS:CONFIRMED", "STATUS:CANCELLED"), ("SEQUENCE:0", "SEQUENCE:7"))) == OwnEvent(
        DRAFT.uid, DRAFT.start, DRAFT.end, "timed", cancelled=True, sequence=7
    )


ADDED = (
    "TRANSP:OPAQUE\nX-APPLE-TRAVEL-DURATION;VALUE=DURATION:PT30M\n"
    "ATTACH;FMTTYPE=application/pdf:https://example.com/a-rather-long-name-that-is-fo\n"
    ' lded-here.pdf\nX-ODD;A="b:c":ü\nBEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:Reminder\nTRIGGER:-PT15M\n'
    "X-WR-ALARMUID:1\nEND:VALARM"
)


def test_a_patch_keeps_what_the_phone_added_octet_for_octet():
    stored = edited(("TRANSP:OPAQUE", ADDED.replace("TRANSP:OPAQUE\n", "TRANSP:OPAQUE\n")))

    patched = patch(stored, MOVED, now=LATER, agreed=WRITTEN)

    assert ADDED.replace("\n", "\r\n").encode() in patched
    assert own_event(patched) == OwnEvent(DRAFT.uid, MOVED.start, MOVED.end, "timed", cancelled=False, sequence=1)


def test_a_patch_changes_nothing_else():
    before, after = set(WRITTEN.split(b"\r\n")), set(patch(WRITTEN, MOVED, now=LATER, agreed=WRITTEN).split(b"\r\n"))

    assert sorted(after - before) == [
        b"DTEND;TZID=Europe/Berlin:20261201T140000",
        b"DTSTAMP:20261123T080000Z",
        b"DTSTART;TZID=Europe/Berlin:20261201T120000",
        b"SEQUENCE:1",
    ]
    assert len(before - after) == 4


@pytest.mark.parametrize("tentative", [True, False])
def test_a_patch_writes_the_status_of_the_draft_whatever_the_phone_says(tentative):
    draft = replace(DRAFT, tentative=tentative)
    written = [
        lines(patch(data, draft, now=LATER, agreed=data), "STATUS")
        for data in (WRITTEN, WRITTEN.replace(b"STATUS:CONFIRMED", b"STATUS:TENTATIVE"))
    ]
    assert written == [[f"STATUS:{draft.status}"]] * 2


TEXTS = [
    # on the phone, in the draft, what is written
    ((), {"summary": "Colour"}, ["SUMMARY:Colour"]),
    ((("Haircut: Zoë", "Zoë!"),), {"summary": "Colour"}, ["SUMMARY:Zoë!"]),
    ((("Haircut: Zoë", "Haircut: Zoë "),), {"summary": "Colour"}, ["SUMMARY:Colour"]),
    ((("SUMMARY:Haircut: Zoë\n", ""),), {"summary": "Colour"}, []),
    ((), {"summary": "a, b; c\\\nd"}, ["SUMMARY:a\\, b\\; c\\\\\\nd"]),
]


@pytest.mark.parametrize(("phone", "wanted", "written"), TEXTS)
def test_a_title_changed_on_the_phone_stays_and_another_follows_the_draft(phone, wanted, written):
    stored = edited(*((old.replace("\n", "\r\n"), new) for old, new in phone))

    assert lines(patch(stored, replace(DRAFT, **wanted), now=LATER, agreed=WRITTEN), "SUMMARY") == written


def test_notes_of_the_phone_stay_and_ours_can_be_taken_back():
    silent = replace(DRAFT, description="", url="")
    noted = edited(("Made in Kalends", "Bring the x-ray"))

    assert lines(patch(noted, silent, now=LATER, agreed=WRITTEN), "DESCRIPTION", "URL") == [
        "DESCRIPTION:Bring the x-ray"
    ]
    assert lines(patch(WRITTEN, silent, now=LATER, agreed=WRITTEN), "DESCRIPTION", "URL") == []


def test_a_location_is_added_where_there_was_none():
    assert lines(patch(WRITTEN, replace(DRAFT, location="Room 2"), now=LATER, agreed=WRITTEN), "LOCATION") == [
        "LOCATION:Room 2"
    ]


def test_without_an_agreed_text_only_texts_that_are_not_empty_win():
    noted = edited(("Made in Kalends", "Bring the x-ray"))

    patched = patch(noted, replace(DRAFT, summary="Colour", description=""), now=LATER)

    assert lines(patched, "SUMMARY", "DESCRIPTION") == ["SUMMARY:Colour", "DESCRIPTION:Bring the x-ray"]


RESHAPED = [
    (("DTEND;TZID=Europe/Berlin:20261201T110000", "DURATION:PT1H"),),
    (
        ("DTSTART;TZID=Europe/Berlin:20261201T100000", "DTSTART;VALUE=DATE:20261201"),
        ("DTEND;TZID=Europe/Berlin:20261201T110000", "DTEND;VALUE=DATE:20261202"),
    ),
    (("STATUS:CONFIRMED", "RRULE:FREQ=WEEKLY\nEXDATE:20261208T090000Z\nRDATE:20261209T090000Z\nSTATUS:CONFIRMED"),),
    (("DTSTART;TZID=Europe/Berlin", "DTSTART"), ("DTEND;TZID=Europe/Berlin", "DTEND")),
    (("STATUS:CONFIRMED\r\n", ""),),
    (("STATUS:CONFIRMED", "STATUS:CANCELLED"),),
    (("DTSTAMP:", "DTSTAMP:20261122T101010Z\nDTSTAMP:"), ("SEQUENCE:0", "SEQUENCE:0\nSEQUENCE:0")),
    (("SEQUENCE:0", "SEQUENCE:many"),),
]


@pytest.mark.parametrize("changes", RESHAPED)
def test_whatever_the_phone_made_of_it_a_patch_makes_it_one_timed_event_again(changes):
    patched = patch(edited(*changes), MOVED, now=LATER, agreed=WRITTEN)

    assert own_event(patched) == OwnEvent(DRAFT.uid, MOVED.start, MOVED.end, "timed", cancelled=False, sequence=1)
    names = ("DTSTART", "DTEND", "DURATION", "RRULE", "EXDATE", "RDATE", "STATUS", "SEQUENCE", "DTSTAMP")
    assert sorted(re.split("[:;]", line)[0] for line in lines(patched, *names)) == [
        *("DTEND", "DTSTAMP", "DTSTART", "SEQUENCE", "STATUS")
    ]


def test_overrides_go_when_a_series_becomes_one_event_again():
    override = f"UID:{DRAFT.uid}\nRECURRENCE-ID:20261208T090000Z\nDTSTART:20261208T100000Z\nDTEND:20261208T110000Z"
    master = f"UID:{DRAFT.uid}\nDTSTART:20261201T090000Z\nDTEND:20261201T100000Z\nRRULE:FREQ=WEEKLY"

    for events in ((master, override), (override, master), (override,)):
        patched = patch(calendar(*events), DRAFT, now=LATER)
        assert patched.count(b"BEGIN:VEVENT") == patched.count(b"END:VEVENT") == 1
        assert own_event(patched) == OwnEvent(DRAFT.uid, DRAFT.start, DRAFT.end, "timed", cancelled=False, sequence=1)


def test_a_patch_in_another_zone_brings_its_vtimezone_once():
    there = replace(MOVED, zone="America/New_York")

    patched = patch(patch(WRITTEN, there, now=LATER), replace(there, end=there.end + timedelta(hours=1)), now=LATER)

    assert [patched.count(b"TZID:" + name) for name in (b"America/New_York", b"Europe/Berlin")] == [1, 1]
    assert lines(patched, "DTSTART") == ["DTSTART;TZID=America/New_York:20261201T060000"]


def test_the_same_time_in_the_phones_own_spelling_is_left_alone():
    stored = edited(("DTSTART;TZID=Europe/Berlin:20261201T100000", "DTSTART:20261201T090000Z"))

    assert lines(patch(stored, DRAFT, now=LATER, agreed=WRITTEN), "DTSTART", "DTEND") == [
        "DTSTART:20261201T090000Z",
        "DTEND;TZID=Europe/Berlin:20261201T110000",
    ]


def test_a_patched_file_has_crlf_whatever_came():
    patched = patch(WRITTEN.replace(b"\r\n", b"\n"), MOVED, now=LATER)

    assert patched.replace(b"\r\n", b"") == patched.replace(b"\r\n", b"").replace(b"\n", b"").replace(b"\r", b"")


def test_meaning_ignores_stamps_and_spelling():
    same = compose(replace(DRAFT, sequence=4, zone="Europe/Rome", alarm_minutes=5), now=LATER).replace(b"\r\n", b"\n")

    assert meaning(same) == meaning(WRITTEN)


@pytest.mark.parametrize(
    "change",
    [
        {"uid": "other"},
        {"start": DRAFT.start + timedelta(minutes=5)},
        {"end": DRAFT.end + timedelta(minutes=5)},
        {"summary": "Colour"},
        {"description": "other"},
        {"url": ""},
        {"location": "Room 2"},
    ],
)
def test_meaning_tells_what_people_would_notice(change):
    assert [meaning(compose(replace(DRAFT, **change), now=NOW))] != [meaning(WRITTEN)]


def test_what_cannot_be_read_means_only_itself():
    assert (meaning(b"<html>") == meaning(b"<html>"), meaning(b"<html>") == meaning(b"<p>")) == (True, False)


CUT_DOWN = """BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:STANDARD
DTSTART:20261025T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
END:STANDARD
END:VTIMEZONE
""".replace("\n", "\r\n").encode()


def with_zone(text: bytes) -> bytes:
    """The written event with another description of its zone."""
    return re.sub(rb"BEGIN:VTIMEZONE.*END:VTIMEZONE\r\n", text, WRITTEN, flags=re.DOTALL)


def zones_of(data: bytes) -> list[bytes]:
    return re.findall(rb"BEGIN:VTIMEZONE.*?END:VTIMEZONE\r\n", data, re.DOTALL)


def test_a_zone_that_the_server_cut_down_is_replaced_where_it_would_be_an_hour_off():
    in_summer = replace(DRAFT, start=datetime(2027, 7, 1, 8, tzinfo=UTC), end=datetime(2027, 7, 1, 9, tzinfo=UTC))
    patched = patch(with_zone(CUT_DOWN), in_summer, now=LATER)

    assert zones_of(patched) == zones_of(compose(in_summer, now=NOW))
    event = Calendar.from_ical(patched).walk("VEVENT")[0]
    text = zones_of(patched)[0].replace(b"\r\n ", b"").replace(b"\r\n", b"\n")
    assert event["DTSTART"].dt.replace(tzinfo=zone_from_vtimezone(text)).astimezone(UTC) == in_summer.start


@pytest.mark.parametrize("text", [CUT_DOWN, CUT_DOWN.replace(b"TZNAME:CET", b"RRULE:FREQ=SECONDLY")])
def test_a_zone_that_is_right_or_not_understood_stays_as_it_is(text):
    patched = patch(with_zone(text), MOVED, now=LATER)

    assert zones_of(patched) == [text]

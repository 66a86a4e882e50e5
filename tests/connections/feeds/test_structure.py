"""Where calendars, events and VTIMEZONEs begin and end."""

from __future__ import annotations

import time

import pytest

from connections.dav import BrokenFile, DavError, NotCalDav, TooLarge
from connections.feeds import structure
from connections.feeds.file import read_feed
from connections.feeds.structure import sections_of
from tests.feed_server import MATCH, TRAINING, feed_text

EVENT = "BEGIN:VEVENT\nUID:a\nDTSTART:20261201\nEND:VEVENT"


def events(text: str) -> list[str]:
    return [event.decode().strip() for section in sections_of(text.encode()) for event in section.vevents()]


@pytest.mark.parametrize(
    "text",
    [
        f"BEGIN:VCALENDAR\n{EVENT}\nEND:VCALENDAR\n",
        f"BEGIN:VCALENDAR\n{EVENT}\nEND:VCALENDAR",
        f"\ufeffBEGIN:VCALENDAR\n{EVENT}\nEND:VCALENDAR",
        f"\n\nBEGIN:VCALENDAR \n\n{EVENT}\n\n \nEND:VCALENDAR\t\n\n".replace("\n", "\r\n"),
        f"BEGIN:VCALENDAR\n{EVENT}\nEND:VCALENDAR".replace("\n", "\r"),
        f"begin:vcalendar\n{EVENT}\nEnd:VCalendar",
        f"BEGIN:VCALEN\n DAR\n{EVENT}\nEND:VCAL\n\tENDAR",
        f"noise\nEND:NOISE\nBEGIN:VCALENDAR\nnoise\n{EVENT}\nEND:VTODO\nEND:VCALENDAR\nnoise",
        f"BEGIN:VCALENDAR\nEND:VCALENDAR\nBEGIN:VCALENDAR\n{EVENT}\nEND:VCALENDAR",
        f"BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:t\nBEGIN:VALARM\nEND:VALARM\nEND:VTODO\n{EVENT}\nEND:VCALENDAR",
        f"BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:t\n{EVENT}\nEND:VTODO\nEND:VCALENDAR",
        f"BEGIN:VCALENDAR\n{EVENT}\nBEGIN:VFREEBUSY\nFREEBUSY:20261201T100000Z/PT1H\nEND:VCALENDAR",
        f"BEGIN;X=1:VCALENDAR\n{EVENT}\nEND:VCALENDAR",
    ],
)
def test_the_one_event_is_found_however_the_file_is_written(text: str) -> None:
    assert events(text) == [EVENT]


def test_alarms_and_the_times_of_writing_are_left_out() -> None:
    text = EVENT.replace("UID:a", "UID:a\nDTSTAMP:20261129T120000Z\nBEGIN:VALARM\nUID:b\nEND:VALARM\nCREATED:x\nURL:y")
    assert events(f"BEGIN:VCALENDAR\n{text}\nEND:VCALENDAR") == [EVENT.replace("UID:a", "UID:a\nURL:y")]


def test_an_event_with_an_alarm_that_does_not_end_stays_whole() -> None:
    text = EVENT.replace("UID:a", "UID:a\nBEGIN:VALARM\nTRIGGER:-PT5M")
    assert events(f"BEGIN:VCALENDAR\n{text}\nEND:VCALENDAR") == [text]


def test_an_event_goes_on_after_a_line_that_looks_like_its_end() -> None:
    text = "BEGIN:VEVENT\nUID:a\nEND:VEVENT\nDTSTART:20261201\nEND:VEVENT"
    assert events(f"BEGIN:VCALENDAR\n{text}\nEND:VCALENDAR") == [text]


def test_a_vtimezone_is_known_by_its_tzid_and_may_come_last() -> None:
    zone = "BEGIN:VTIMEZONE\nTZID:Club time\nLAST-MODIFIED:x\nBEGIN:STANDARD\nEND:STANDARD\nEND:VTIMEZONE"
    (section,) = sections_of(f"BEGIN:VCALENDAR\n{EVENT}\n{zone}\nEND:VCALENDAR".encode())
    assert section.vtimezones() == {"club time": (b"\n" + zone.replace("LAST-MODIFIED:x\n", "").encode(),)}


def test_properties_are_those_of_the_calendar_and_not_of_an_event() -> None:
    text = "BEGIN:VCALENDAR\nname;LANGUAGE=de:First\nNAME:Second\nPRODID:x\n"
    (section,) = sections_of(f"{text}{EVENT.replace('UID', 'COLOR:red' + chr(10) + 'UID')}\nEND:VCALENDAR".encode())
    assert section.properties() == {"NAME": "First"}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", NotCalDav),
        ("<html>BEGIN:VCALENDAR</html>", NotCalDav),
        (EVENT, NotCalDav),
        ("BEGIN:VCALENDAR", BrokenFile),
        (f"BEGIN:VCALENDAR\n{EVENT}", BrokenFile),
        (f"BEGIN:VCALENDAR\n{EVENT}\nEND:VCAL", BrokenFile),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR", BrokenFile),
        ("BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nEND:VCALENDAR", BrokenFile),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nBEGIN:VALARM\nEND:VALARM", BrokenFile),
        (f"BEGIN:VCALENDAR\nBEGIN:VEVENT\n{EVENT}\nEND:VCALENDAR", BrokenFile),
        ("BEGIN:VCALENDAR\nUID:a\nEND:VEVENT\nEND:VCALENDAR", BrokenFile),
        (f"BEGIN:VCALENDAR\n{EVENT}\nBEGIN:VCALENDAR\n{EVENT}\nEND:VCALENDAR", BrokenFile),
        (f"BEGIN:VCALENDAR\n{EVENT}\nEND:VCALENDAR\nEND:VCALENDAR", BrokenFile),
    ],
)
def test_what_is_no_whole_calendar_is_an_error(text: str, kind: type[DavError]) -> None:
    with pytest.raises(DavError) as caught:
        sections_of(text.encode())
    assert type(caught.value) is kind


def test_a_file_is_whole_or_an_error_wherever_it_is_cut_off() -> None:
    whole = feed_text(TRAINING, MATCH).rstrip()
    for length in range(len(whole)):
        with pytest.raises(NotCalDav):
            read_feed(whole[:length])
    assert len(read_feed(whole).pieces) == 2


@pytest.mark.parametrize("limit", ["MAX_EVENTS_IN_FEED", "MAX_MARKS"])
def test_a_file_with_too_many_events_is_too_large(monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    monkeypatch.setattr(structure, limit, 1)
    with pytest.raises(TooLarge):
        sections_of(feed_text(TRAINING, MATCH))


MANY = 40_000
HOSTILE = {
    "ends": EVENT + "\nEND:VEVENT" * MANY,
    "one uid": "\n".join(EVENT.replace("DTSTART", f"RRULE:FREQ=DAILY\nX:{n}\nDTSTART") for n in range(MANY)),
    "overrides of one uid": "\n".join(
        EVENT.replace("UID:a", f"UID:a\n{'RECURRENCE-ID:20261201' if n % 2 else 'RRULE:FREQ=DAILY'}\nX:{n}")
        for n in range(MANY)
    ),
    "tzids": EVENT.replace("DTSTART", "DTSTART;" + "TZID" * 500_000),
    "parameters": EVENT.replace("DTSTART", "DTSTART" + ";a" * 500_000),
    "quotes": EVENT.replace("DTSTART", 'DTSTART;TZID="' * 200_000),
    "names": "NAME:x\n" * 500_000 + EVENT,
    "zones": "BEGIN:VTIMEZONE\nTZID:x\nEND:VTIMEZONE\n" * MANY + EVENT.replace("DTSTART", "DTSTART;TZID=x"),
    "one large zone": "BEGIN:VTIMEZONE\nTZID:x\n" + "X:y\n" * 10_000 + "END:VTIMEZONE\n"
    "" + "\n".join(EVENT.replace("UID:a", f"UID:{n}").replace("DTSTART", "DTSTART;TZID=x") for n in range(MANY)),
    "blank lines": "\n" * 2_000_000 + EVENT,
    "folds": EVENT.replace("UID:a", "UID:a" + "\n " * 1_000_000),
    "calendars": "END:VCALENDAR\nBEGIN:VCALENDAR\n" * MANY + EVENT,
    "alarms": EVENT.replace("UID:a", "UID:a" + "\nBEGIN:VALARM\nEND:VALARM" * MANY),
    "nested": EVENT.replace("UID:a", "UID:a" + "\nBEGIN:VALARM" * MANY),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_no_file_takes_long(name: str) -> None:
    data = f"BEGIN:VCALENDAR\nX-WR-TIMEZONE:Europe/Berlin\n{HOSTILE[name]}\nEND:VCALENDAR".encode()
    began = time.process_time()
    found = read_feed(data)
    assert len(found.pieces) > 0
    assert time.process_time() - began < 10

"""The events of a feed, each as a calendar file of its own."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st

from connections.dav import DavError, path_of
from connections.feeds.file import read_feed
from connections.ical import own_mark
from tests.connections.ical.museum import BERLIN, MUSEUM, WINDOW, expanded, museum
from tests.feed_server import MATCH, TRAINING, event_text, feed_text

ZONE = """BEGIN:VTIMEZONE
TZID:Club time
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0500
TZOFFSETTO:+0500
END:STANDARD
END:VTIMEZONE"""


def found(data: bytes, zone: ZoneInfo = BERLIN) -> list[tuple[datetime, datetime]]:
    """When the pieces of a feed block, in order."""
    pieces = read_feed(data).pieces.values()
    return sorted((one.start, one.end) for piece in pieces for one in expanded(piece.data, zone=zone).instances)


def etags(*components: str) -> dict[str, str]:
    return dict(read_feed(feed_text(*components)).etags)


def starts(*components: str) -> list[str]:
    """The instances of the pieces in Berlin."""
    return [f"{start.astimezone(BERLIN):%m-%d %H:%M}" for start, _ in found(feed_text(*components))]


def test_a_piece_is_a_calendar_file_of_its_own() -> None:
    piece = read_feed(feed_text(TRAINING, MATCH)).pieces["/training@club.example.ics"]
    assert piece.data.decode().split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Kalends//Calendar by web address//EN",
        "BEGIN:VEVENT",
        "UID:training@club.example",
        "DTSTART;TZID=Europe/Berlin:20261201T180000",
        "DTEND;TZID=Europe/Berlin:20261201T193000",
        "SUMMARY:Training",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_a_series_and_its_overrides_are_one_piece_in_any_order() -> None:
    master = event_text("a", "20261201T100000", "20261201T110000", "RRULE:FREQ=DAILY;COUNT=3")
    override = event_text("a", "20261202T150000", "20261202T160000", "RECURRENCE-ID;TZID=Europe/Berlin:20261202T100000")
    assert etags(master, override) == etags(override, master)
    assert starts(override, TRAINING, master) == ["12-01 10:00", "12-01 18:00", "12-02 15:00", "12-03 10:00"]


def test_overrides_without_a_master_are_one_piece() -> None:
    slot = "RECURRENCE-ID;TZID=Europe/Berlin:2026120{}T100000"
    both = [event_text("a", f"2026120{day}T150000", f"2026120{day}T160000", slot.format(day)) for day in (1, 2)]
    assert list(etags(*both)) == ["/a.ics"]
    assert starts(*both) == ["12-01 15:00", "12-02 15:00"]


def test_events_that_share_a_uid_block_all() -> None:
    days = [event_text("game", f"2026120{day}T150000", f"2026120{day}T160000") for day in (1, 2, 3)]
    assert starts(*days) == ["12-01 15:00", "12-02 15:00", "12-03 15:00"]
    assert len(etags(*days)) == 3


def test_one_of_them_can_change_and_the_others_keep_their_hrefs_and_etags() -> None:
    days = [event_text("game", f"2026120{day}T150000", f"2026120{day}T160000") for day in (1, 2, 3)]
    before, after = etags(*days), etags(*days[:2], days[2].replace("T160000", "T170000"))
    assert before.keys() == after.keys()
    assert Counter(before[href] == after[href] for href in before) == Counter({True: 2, False: 1})


def test_two_that_share_uid_and_start_block_both() -> None:
    both = [event_text("game", "20261201T150000", "20261201T160000", f"SUMMARY:{name}") for name in "ab"]
    assert starts(*both) == ["12-01 15:00", "12-01 15:00"]


def test_what_stands_in_the_file_twice_counts_once() -> None:
    assert starts(TRAINING, TRAINING.replace("T120000Z", "T130000Z")) == ["12-01 18:00"]


def test_an_override_belongs_to_the_series_that_began_last_before_it() -> None:
    series = [
        event_text("a", f"2026120{day}T{hour}0000", f"2026120{day}T{hour}3000", "RRULE:FREQ=DAILY;COUNT=2")
        for day, hour in ((1, 10), (5, 12))
    ]
    single = event_text("a", "20261204T080000", "20261204T090000")
    override = event_text("a", "20261206T200000", "20261206T210000", "RECURRENCE-ID;TZID=Europe/Berlin:20261206T120000")
    expected = ["12-01 10:00", "12-02 10:00", "12-04 08:00", "12-05 12:00", "12-06 20:00"]
    assert starts(*series, override, single) == expected
    assert starts(single, override, *reversed(series)) == expected


def test_an_event_without_uid_is_known_by_what_it_says() -> None:
    nameless = TRAINING.replace("UID:training@club.example\r\n", "")
    assert etags(nameless, MATCH).items() > etags(MATCH).items()
    assert etags(nameless) == etags(nameless.replace("T120000Z", "T130000Z"))
    assert starts(nameless) == ["12-01 18:00"]
    (piece,) = read_feed(feed_text(nameless)).pieces.values()
    assert piece.href == f"/{expanded(piece.data).uid}.ics"


@pytest.mark.parametrize(
    ("uid", "href"),
    [
        ("abc@google.com", "/abc@google.com.ics"),
        ("a/b", "/a%2Fb.ics"),
        ("..", "/...ics"),
        ("a b ü", "/a%20b%20%C3%BC.ics"),
        pytest.param("x" * 255, f"/{'x' * 255}.ics", id="long"),
        pytest.param("ü" * 255, f"/{hashlib.sha256(b'%C3%BC' * 255).hexdigest()}.ics", id="too long"),
    ],
)
def test_an_href_is_made_from_the_uid(uid: str, href: str) -> None:
    assert list(etags(event_text(uid, "20261201T150000", "20261201T160000"))) == [href]
    assert path_of(href) == href


def test_a_vtimezone_comes_along_where_only_it_knows_the_zone() -> None:
    club = event_text("a", "20261201T150000", "20261201T160000", zone='"Club time"')
    plain = event_text("b", "20261201T150000", "20261201T160000")
    berlin = ZONE.replace("Club time", "Europe/Berlin")
    pieces = read_feed(feed_text(club, plain, ZONE, berlin)).pieces
    assert [piece.data.count(b"VTIMEZONE") for piece in pieces.values()] == [2, 0]
    assert starts(club, ZONE) == ["12-01 11:00"]
    assert etags(club, ZONE) != etags(club, ZONE.replace("+0500", "+0600"))
    assert etags(plain, berlin) == etags(plain)


def test_a_zone_may_stand_in_another_calendar_of_the_file() -> None:
    club = event_text("a", "20261201T150000", "20261201T160000", zone="Club time")
    assert [f"{start:%H:%M}" for start, _ in found(feed_text(ZONE) + feed_text(club))] == ["10:00"]


def test_each_calendar_of_a_file_has_its_own_zones() -> None:
    club = event_text("a", "20261201T150000", "20261201T160000", zone="Club time")
    other = feed_text(club.replace("UID:a", "UID:b"), ZONE.replace("+0500", "+0600"))
    assert [f"{start:%H:%M}" for start, _ in found(feed_text(club, ZONE) + other)] == ["09:00", "10:00"]


def test_floating_times_are_those_of_the_zone_that_the_file_names() -> None:
    floating = event_text("a", "20261201T150000", "20261201T160000", "RRULE:FREQ=DAILY;UNTIL=20261203T150000", zone="")
    named = feed_text(floating, head=["X-WR-TIMEZONE:Asia/Tokyo"])
    assert found(named) == found(feed_text(floating), ZoneInfo("Asia/Tokyo"))
    assert len(found(named)) == 3
    assert found(feed_text(floating, head=["X-WR-TIMEZONE:Nowhere"])) == found(feed_text(floating))


def test_the_digest_is_that_of_what_the_file_says() -> None:
    def digest(*components: str, head: Sequence[str] = ("X-WR-CALNAME:Club",)) -> str:
        return read_feed(feed_text(*components, head=head)).digest

    same = digest(TRAINING, MATCH)
    assert digest(MATCH.replace("T120000Z", "T130000Z"), "BEGIN:VTODO\r\nEND:VTODO", TRAINING) == same
    assert read_feed(feed_text(TRAINING, MATCH).replace(b"\r\n", b"\n")).digest == same
    others = [
        digest(TRAINING),
        digest(TRAINING, MATCH.replace("20261205", "20261206")),
        digest(TRAINING, MATCH, head=["X-WR-CALNAME:Other"]),
        digest(TRAINING, MATCH, head=["X-WR-CALNAME:Club", "COLOR:red"]),
    ]
    assert len({same, *others}) == 5


def test_no_event_of_another_kalends_counts_as_our_own() -> None:
    data = feed_text(TRAINING).replace(b"-//Example//Club//EN", b"-//Kalends//Kalends//EN")
    (piece,) = read_feed(data).pieces.values()
    assert own_mark(piece.data, "https://book.example.com") == ""


# Files of the museum that are no whole calendar.
NO_FEEDS = {"cut_off_after_the_start", "no_calendar_around_the_event", "not_a_calendar"}


@pytest.mark.parametrize("name", sorted(path.stem for path in MUSEUM.glob("*.ics")))
def test_the_pieces_of_an_odd_file_say_what_the_file_says(name: str) -> None:
    if name in NO_FEEDS:
        with pytest.raises(DavError):
            read_feed(museum(name))
    else:
        assert found(museum(name)) == sorted((one.start, one.end) for one in expanded(museum(name)).instances)


FIRST = datetime.fromisoformat("2026-11-02T08:00")
RULES = ["FREQ=DAILY;COUNT=20", "FREQ=WEEKLY;BYDAY=MO,WE", "FREQ=MONTHLY;BYMONTHDAY=1,15", "FREQ=DAILY;INTERVAL=3"]


@st.composite
def series(draw, uid: str) -> list[str]:
    """A series or a single event in some zone, with days left out and moved."""
    zone = draw(st.sampled_from(["Europe/Berlin", "America/New_York", "W. Europe Standard Time", "Club time"]))
    start = FIRST + timedelta(days=draw(st.integers(0, 60)), hours=draw(st.integers(0, 10)))
    rule = draw(st.sampled_from([*RULES, ""]))
    moved = [start + timedelta(days=day) for day in draw(st.sets(st.integers(1, 30), max_size=2))] if rule else []
    master = event_text(uid, *_written(start), *([f"RRULE:{rule}"] if rule else []), zone=zone)
    overrides = [
        event_text(
            uid, *_written(slot + timedelta(hours=3)), f"RECURRENCE-ID;TZID={zone}:{_written(slot)[0]}", zone=zone
        )
        for slot in moved
    ]
    return [master, *overrides]


def _written(start: datetime) -> tuple[str, str]:
    return f"{start:%Y%m%dT%H%M%S}", f"{start + timedelta(minutes=50):%Y%m%dT%H%M%S}"


@st.composite
def files(draw) -> bytes:
    """A feed with some series, its components in any order and its lines written in any way."""
    number = draw(st.integers(0, 5))
    components = [text for at in range(number) for text in draw(series(f"uid-{at}"))]
    shuffled = draw(st.permutations([ZONE, *components]))
    return feed_text(*shuffled).replace(b"\n", b"\r\n").replace(b"\r\r\n", b"\r\n")


@pytest.mark.slow
@given(data=files())
@settings(max_examples=100, deadline=None)
def test_the_pieces_together_say_what_the_library_finds_in_the_file(data: bytes) -> None:
    events = recurring_ical_events.of(icalendar.Calendar.from_ical(data)).between(*WINDOW)
    expected = sorted((event.start.astimezone(UTC), event.end.astimezone(UTC)) for event in events)
    assert found(data) == expected


@pytest.mark.slow
@given(
    data=files(),
    line_end=st.sampled_from([b"\r\n", b"\n", b"\r"]),
    width=st.integers(2, 75),
    seconds=st.integers(0, 59),
)
@settings(max_examples=100, deadline=None)
def test_neither_line_ends_nor_folds_nor_the_time_of_writing_change_the_digest(
    data: bytes, line_end: bytes, width: int, seconds: int
) -> None:
    lines = data.replace(b"T120000Z", f"T1200{seconds:02}Z".encode()).split(b"\r\n")
    folded = [b"\r\n ".join(line[at : at + width] for at in range(0, len(line), width)) for line in lines]
    written = b"\r\n".join(folded).replace(b"\r\n", line_end)
    assert read_feed(written).digest == read_feed(data).digest

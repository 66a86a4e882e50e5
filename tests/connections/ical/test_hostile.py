"""Files that are broken, hostile or too large: nothing is raised, it takes seconds at most, and they block."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from connections.ical import EventDraft, compose, expand, meaning, own_event, patch, reduce
from connections.ical.types import Rules
from tests.connections.ical.museum import ANNA, BERLIN, MUSEUM, WINDOW, calendar, expanded, local, reasons

SECONDS = 5.0


T = "DTSTART;TZID=Europe/Berlin:20261201T100000\nDTEND;TZID=Europe/Berlin:20261201T110000"


DRAFT = EventDraft("x", WINDOW[0], WINDOW[0] + timedelta(hours=1), "Europe/Berlin", "Haircut")


EXHIBITS = sorted(MUSEUM.glob("*.ics"))


@pytest.fixture(autouse=True)
def _quick():
    """Whatever a test of this file feeds in, it is done in seconds."""
    begin = time.process_time()
    yield
    assert time.process_time() - begin < SECONDS * 4


def meant(expansion):
    return [
        (i.start, i.end, i.blocks, i.reason, i.all_day, i.recurrence_id, i.free_marked) for i in expansion.instances
    ]


@st.composite
def damaged(draw):
    """A file of the museum with a few octets changed, lost, doubled or moved."""
    data = bytearray(draw(st.sampled_from(EXHIBITS)).read_bytes())
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        length = draw(st.integers(0, 30))
        kind = draw(st.sampled_from(["set", "cut", "double", "line", "insert"]))
        if kind == "set":
            data[at : at + 1] = bytes([draw(st.integers(0, 255))])
        elif kind == "cut":
            del data[at : at + length]
        elif kind == "double":
            data[at:at] = data[at : at + length]
        elif kind == "insert":
            data[at:at] = draw(
                st.sampled_from(
                    [
                        b"\r\n",
                        b"\n ",
                        b"\0",
                        b"9",
                        b"T",
                        b"Z",
                        b":",
                        b";",
                        b'"',
                        b"\xff",
                        b"-",
                        b"P",
                        b"\r\x01",
                        b"\x7f",
                    ]
                )
            )
        else:
            rows = bytes(data).split(b"\n")
            index = draw(st.integers(0, len(rows) - 1))
            rows.insert(draw(st.integers(0, len(rows))), rows.pop(index))
            data = bytearray(b"\n".join(rows))
    return bytes(data)


@pytest.mark.slow
@given(data=damaged())
@settings(max_examples=500, deadline=None)
def test_damage_raises_nothing_and_what_is_kept_means_the_same(data):
    whole = expanded(data)
    kept = expanded(reduce(data, titles=False, addresses=ANNA))

    assert meant(kept) == meant(whole)
    assert (kept.uid, kept.recurring, kept.endless, kept.problem) == (
        whole.uid,
        whole.recurring,
        whole.endless,
        whole.problem,
    )
    assert (own_event(data).uid, meaning(data)) == (own_event(data).uid, meaning(bytes(data)))
    assert b"SEQUENCE" in patch(data, DRAFT, now=WINDOW[0])


def has_an_event(data: bytes) -> bool:
    return b"BEGIN:VEVENT" in data.upper().replace(b"\0", b"")


def is_known_to_be_free(expansion) -> bool:
    return all(not instance.blocks for instance in expansion.instances) and bool(expansion.instances)


@pytest.mark.slow
@given(data=damaged())
@settings(max_examples=500, deadline=None)
def test_nothing_vanishes_in_silence(data):
    """If a resource has a VEVENT, it yields times, or is known to be free or cancelled, or a problem is recorded."""
    assume(b":00010101" not in data)  # no window begins before that day, because no zone could tell its time
    result = expanded(data, window=(datetime(1, 1, 2, tzinfo=UTC), datetime(8999, 1, 1, tzinfo=UTC)))

    blocks = any(instance.blocks for instance in result.instances)
    assert blocks or is_known_to_be_free(result) or bool(result.problem) or not has_an_event(data)


@pytest.mark.parametrize(
    "lines", ["BEGIN:VEVENTUID:X\r\nSUMMARY:When?\r\nEND:VEVENT", "BEGIN:VEVENTUID:X\r\nSUMMARY:When?"]
)
def test_an_event_of_which_only_a_trace_is_left_is_a_problem(lines):
    data = f"BEGIN:VCALENDAR\r\n{lines}\r\nEND:VCALENDAR\r\n".encode()
    result = expanded(data)
    assert (result.instances, result.problem, meant(expanded(reduce(data, titles=True, addresses=ANNA)))) == (
        (),
        "unreadable",
        meant(result),
    )


BEFORE_BEGIN = [
    b"\x01",
    b"\x0b",
    b"\x0c",
    b"\x1f \x02",
    b"\x7f",
    b"\x85",
    b"\xc2\xa0",
    b"\xe2\x80\xa8",
    b" ",
    b"\t",
    b"\r\x01",
]


@pytest.mark.parametrize("before", BEFORE_BEGIN, ids=repr)
def test_an_event_whose_begin_is_spoiled_is_a_problem(before):
    spoiled = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + before + b"BEGIN:VEVENT\r\n\x01DTSTART:20261201T100000Z\r\n"
    good = calendar(f"UID:x\n{T}").replace(b"END:VCALENDAR", b"")

    for data in (spoiled, spoiled + b"END:VCALENDAR\r\n", spoiled + b"\x01END:VEVENT\r\nEND:VCALENDAR\r\n"):
        assert (meant(expanded(data)), expanded(data).problem) == ([], "unreadable")
        assert expanded(reduce(data, titles=False, addresses=ANNA)).problem == "unreadable"
    beside = good + b"\x01BEGIN:VEVENT\r\n\x01DTSTART:20261202T100000Z\r\n\x01END:VEVENT\r\nEND:VCALENDAR\r\n"
    assert (local(expanded(beside)), expanded(beside).problem) == (["2026-12-01 10:00 - 11:00"], "unreadable")
    assert expanded(reduce(beside, titles=False, addresses=ANNA)).problem == "unreadable"


def test_a_title_that_quotes_a_calendar_file_is_no_problem():
    result = expanded(calendar(f"UID:x\n{T}\nSUMMARY:See BEGIN:VEVENT in the log\nDESCRIPTION:a\n BEGIN:VEVENT"))

    assert (local(result), result.problem) == (["2026-12-01 10:00 - 11:00"], "")


@pytest.mark.slow
@given(data=st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
@settings(max_examples=200, deadline=None)
def test_any_octets_raise_nothing(data):
    wrapped = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + data + b"\r\nEND:VEVENT\r\nEND:VCALENDAR"
    for some in (data, wrapped):
        assert meant(expanded(reduce(some, titles=True, addresses=ANNA))) == meant(expanded(some))


names = st.sampled_from(
    ["DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "STATUS", "SEQUENCE"]
)


values = st.sampled_from(
    [
        "20261201T100000",
        "20261201T090000Z",
        "20261201",
        "00010101T000000",
        "99991231T235959Z",
        "99991231",
        "PT1H",
        "-P1D",
        "P9999999W",
        "FREQ=DAILY",
        "FREQ=WEEKLY;COUNT=3",
        "FREQ=YEARLY;UNTIL=99991231",
        "FREQ=MONTHLY;BYDAY=-1FR;UNTIL=00010101T000000Z",
        "20261203T100000,20261204T100000/PT2H",
        "CANCELLED",
        "7",
        "",
    ]
)


params = st.sampled_from(
    ["", ";VALUE=DATE", ";TZID=Europe/Berlin", ";TZID=Pacific/Apia", ";RANGE=THISANDFUTURE", ";TZID=?"]
)


made_up = st.lists(st.tuples(names, params, values).map(lambda row: f"{row[0]}{row[1]}:{row[2]}"), max_size=7)


@pytest.mark.slow
@given(events=st.lists(made_up, min_size=1, max_size=4))
@settings(max_examples=400, deadline=None)
def test_any_mixture_of_properties_raises_nothing(events):
    data = calendar(*("UID:x\n" + "\n".join(rows) for rows in events))

    assert meant(expanded(reduce(data, titles=True, addresses=ANNA))) == meant(expanded(data))
    assert [i for i in expanded(data).instances if i.end < i.start or i.end < WINDOW[0] or i.start > WINDOW[1]] == []


def test_times_at_the_ends_of_the_calendar_do_not_overflow():
    for start in ("00010101T000000", "99991231T235959"):
        data = calendar(f"UID:x\nDTSTART;TZID=America/New_York:{start}\nDURATION:P9999999W\nRRULE:FREQ=DAILY")
        assert expanded(data).problem in ("", "unreadable", "too_many_occurrences")


@pytest.mark.slow
def test_a_hundred_thousand_overrides_block_all_of_the_time_and_are_read_within_seconds():
    data = HUGE["overrides"]()
    begin = time.process_time()
    result, kept = expanded(data), reduce(data, titles=True, addresses=ANNA)
    seconds = time.process_time() - begin

    whole = (datetime(1900, 1, 1, tzinfo=UTC), datetime(8999, 1, 1, tzinfo=UTC), True)
    assert [(i.start, i.end, i.blocks) for i in result.instances] == [whole]
    assert (result.uid, result.problem) == ("x", "too_many_occurrences")
    assert (meant(expanded(kept)), seconds < SECONDS) == (meant(result), True)


def test_two_thousand_overrides_are_expanded():
    overrides = [
        f"UID:x\nRECURRENCE-ID:20261101T000000Z\nDTSTART:20261202T000000Z\nDURATION:PT1M\nSEQUENCE:{number}"
        for number in range(1999)
    ]
    result = expanded(calendar("UID:x\nDTSTART:20261101T000000Z\nDURATION:PT1M\nRRULE:FREQ=DAILY;COUNT=2", *overrides))

    assert (local(result), result.problem) == (["2026-11-02 01:00 - 01:01", "2026-12-02 01:00 - 01:01"], "")


@pytest.mark.slow
def test_a_file_beyond_twenty_megabytes_blocks_at_its_times():
    attachment = "ATTACH;ENCODING=BASE64;VALUE=BINARY:" + "A" * (21 * 1024 * 1024)
    data = calendar(f"UID:x\n{attachment}\n{T}\nRRULE:FREQ=WEEKLY;COUNT=2\nTRANSP:TRANSPARENT")

    result = expanded(data)

    assert local(result) == ["2026-12-01 10:00 - 11:00", "2026-12-08 10:00 - 11:00"]
    assert (reasons(result), result.problem) == (["unreadable", "unreadable"], "unreadable")
    assert meant(expanded(reduce(data, titles=False, addresses=ANNA))) == meant(result)


LEFT_OUT = "EXDATE;TZID=Europe/Berlin:20261201T100000\n"


HUGE = {
    "slots left out": lambda: calendar(f"UID:x\n{T}\nRRULE:FREQ=DAILY\n{LEFT_OUT * 480_000}"),
    "parameters": lambda: calendar(f"UID:x\nDTSTART{';X=1' * 4_000_000}:20261201T100000Z\nDURATION:PT1H"),
    "folds": lambda: calendar(f"UID:x\n{T}\nDESCRIPTION:" + "a\n " * 4_000_000),
    "starts in one line": lambda: calendar(f"UID:x\n{T}\nRDATE:{','.join(['20261201T100000Z'] * 1_200_000)}"),
    "overrides": lambda: calendar(
        f"UID:x\n{T}\nRRULE:FREQ=DAILY", *[f"UID:x\nRECURRENCE-ID:20261202T090000Z\n{T}"] * 100_000
    ),
}


@pytest.mark.processes
@pytest.mark.parametrize("what", HUGE)
def test_no_file_of_twenty_megabytes_takes_more_than_two_hundred_beside_it(what):
    """In a process of its own, since memory that was once in use is not given back."""
    program = f"""
import resource
from tests.connections.ical.test_hostile import ANNA, HUGE, expanded, reduce

data = HUGE[{what!r}]()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
expansion, kept = expanded(data), reduce(data, titles=True, addresses=ANNA)
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(len(expansion.instances) > 0, (after - before) // 1024)
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=300)
    blocks, megabytes = ran.stdout.split()
    assert (blocks, int(megabytes) < 200) == ("True", True), megabytes


def test_a_line_that_is_far_too_long_is_cut_and_still_cannot_be_read():
    data = calendar("UID:x\nDTSTART:20261201T100000Z" + " " * 5000 + "?\nDTEND:20261201T110000Z")

    kept = reduce(data, titles=True, addresses=ANNA)
    assert (meant(expanded(kept)) == meant(expanded(data)), expanded(data).problem, len(kept) < 2000) == (
        True,
        "unreadable",
        True,
    )


@pytest.mark.parametrize("name", ["VALARM", "VCALENDAR", "X-THING"])
def test_deep_nesting_blocks(name):
    nested = f"BEGIN:{name}\n" * 100_000 + f"END:{name}\n" * 100_000

    result = expanded(calendar(f"UID:x\n{T}\n{nested}"))

    assert (local(result), reasons(result)) == (["2026-12-01 10:00 - 11:00"], ["unreadable"])


@pytest.mark.slow
@pytest.mark.parametrize(
    "data",
    [
        b"BEGIN:VTIMEZONE\n" * 500_000,
        b"BEGIN:VEVENT\n" * 100_000,
        b"DTSTART:20261201\n" * 300_000,
        b"\n" * 5_000_000,
        b"BEGIN:VEVENT\nDTSTART:20261201" + b"\n" * 5_000_000,
        b"BEGIN:VEVENT\nDTSTART:20261201\nATTENDEE" + b";A=B" * 1_000_000 + b":x\nEND:VEVENT",
        b"BEGIN:VEVENT\nDTSTART:20261201\nUID" + b';A="' * 500_000 + b"\nEND:VEVENT",
        b"BEGIN:VEVENT\nDTSTART:20261201\nSUMMARY:" + b"\\" * 5_000_000 + b"\nEND:VEVENT",
        b"BEGIN:VEVENT\nDTSTART:20261201\nSUMMARY:" + b"a\r\n " * 1_000_000 + b"\nEND:VEVENT",
        b"BEGIN:VEVENT\nDTSTART:20261201\nSEQUENCE:"
        + b"9" * 1_000_000
        + b"\nDURATION:P"
        + b"9" * 4000
        + b"D\nEND:VEVENT",
    ],
    ids=range(10),
)
def test_monotonous_files_take_linear_time(data):
    begin = time.process_time()

    expanded(data)
    expanded(reduce(data, titles=True, addresses=ANNA))

    assert time.process_time() - begin < SECONDS * 2


MINUTES = ",".join(map(str, range(60)))
MEANINGS = "FREQ=DAILY,WEEKLY,MONTHLY;SKIP=A;WKST=Q;INTERVAL=2;INTERVAL=3;INTERVAL=4"
BOMBS = [
    f"RRULE:FREQ=MINUTELY;INTERVAL=7;COUNT=1000000000;BYMINUTE={MINUTES};BYHOUR=1;BYSECOND=1",
    f"RRULE:FREQ=HOURLY;INTERVAL=5;COUNT=100000000;BYMINUTE={MINUTES};BYSETPOS=61",
    "RRULE:FREQ=SECONDLY",
    "RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
    "RRULE:FREQ=SECONDLY;BYHOUR=9;BYMINUTE=0;BYSECOND=0",
    "RRULE:FREQ=SECONDLY;BYSETPOS=400",
    "RRULE:FREQ=MINUTELY;COUNT=1000000",
    "RRULE:FREQ=MINUTELY;INTERVAL=7;BYSETPOS=2",
    "RRULE:FREQ=MINUTELY;BYDAY=MO;BYHOUR=3;BYMINUTE=7;COUNT=1000000",
    "RRULE:FREQ=HOURLY;BYSETPOS=2",
    "RRULE:FREQ=DAILY;INTERVAL=7;BYDAY=MO",
    "RRULE:FREQ=DAILY;INTERVAL=0",
    "RRULE:FREQ=WEEKLY;BYMONTH=2;BYMONTHDAY=30",
    "RRULE:FREQ=YEARLY;BYWEEKNO=60",
    "RRULE:FREQ=YEARLY;BYYEARDAY=-366,366;BYMONTH=6",
    "RRULE:FREQ=YEARLY;BYDAY=53MO;BYMONTH=2",
    "RRULE:FREQ=YEARLY;BYWEEKNO=60;BYDAY=20MO",
    "RRULE:FREQ=YEARLY;INTERVAL=100000",
    "RRULE:FREQ=DAILY;COUNT=99999999999999999999",
    "RRULE:FREQ=DAILY;INTERVAL=99999999999999999999",
    "RRULE:FREQ=YEARLY;BYMONTHDAY=1;BYSETPOS=" + ",".join(map(str, range(1, 300))),
    "\n".join(["RRULE:FREQ=DAILY;INTERVAL=7;BYDAY=MO;BYMONTH=2;BYMONTHDAY=30"] * 1000),
    "\n".join(["RRULE:FREQ=MINUTELY;BYSETPOS=2"] * 50),
    "\n".join(f"RRULE:{MEANINGS};FOO={number}" for number in range(2000)),
    "RDATE:" + ",".join(["20261203T100000Z"] * 200_000),
    "RRULE:FREQ=DAILY\nEXDATE:" + ",".join(["20261203T100000Z"] * 200_000),
    "RRULE:FREQ=DAILY\nX-APPLE-TRAVEL-DURATION:P99999W",
    "RRULE:FREQ=DAILY;UNTIL=19000101T000000Z",
]


@pytest.mark.slow
@pytest.mark.parametrize("lines", BOMBS, ids=[bomb[:60] for bomb in BOMBS])
@pytest.mark.parametrize("start", ["19000101T100000Z", "20261203T100000Z"])
def test_a_bomb_costs_less_than_a_second(lines, start):
    begin = time.process_time()

    expanded(calendar(f"UID:x\nDTSTART:{start}\nDURATION:PT1H\n{lines}"))

    assert time.process_time() - begin < 1.0


ONSETS = [
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
    "FREQ=YEARLY;BYYEARDAY=366;INTERVAL=99",
    "FREQ=YEARLY;BYMONTHDAY=" + ",".join(map(str, range(1, 32))),
]


def zone_with(name: str, rules: int, rule: str) -> str:
    onset = f"BEGIN:STANDARD\nDTSTART:00010101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:{rule}\nEND:STANDARD"
    return "\n".join(["BEGIN:VTIMEZONE", f"TZID:{name}", *[onset] * rules, "END:VTIMEZONE"])


@pytest.mark.slow
@pytest.mark.parametrize("rule", ONSETS, ids=[rule[:60] for rule in ONSETS])
@pytest.mark.parametrize(("zones", "rules"), [(1, 490), (1, 60), (40, 5)])
def test_a_vtimezone_costs_little_whatever_its_rules(zones, rules, rule):
    times = [f"UID:{n}\nDTSTART;TZID=Z{n}:20261201T100000\nDURATION:PT1H\nRRULE:FREQ=DAILY" for n in range(zones)]
    data = calendar(*times, zones="\n".join(zone_with(f"Z{n}", rules, rule) for n in range(zones)))
    begin = time.process_time()

    result = expanded(data)

    assert (bool(result.instances), time.process_time() - begin < SECONDS) == (True, True)


@pytest.mark.slow
def test_many_events_with_rules_of_many_meanings_share_one_budget():
    events = [f"UID:{n}\nDTSTART:20261203T100000Z\nDURATION:PT1H\nRRULE:{MEANINGS}" for n in range(1500)]
    begin = time.process_time()

    result = expanded(calendar(*events))

    assert (result.problem, time.process_time() - begin < SECONDS) == ("too_many_occurrences", True)


@pytest.mark.slow
def test_many_bombs_in_one_file_share_one_budget():
    events = [f"UID:{n}\nDTSTART:19000101T100000Z\nDURATION:PT1H\nRRULE:FREQ=MINUTELY;BYSETPOS=2" for n in range(1500)]
    begin = time.process_time()

    assert expanded(calendar(*events)).problem == "too_many_occurrences"
    assert time.process_time() - begin < SECONDS


def test_a_large_but_honest_calendar_file_is_read_in_full():
    events = [f"UID:{n}\nDTSTART:20261201T{n % 24:02}0000Z\nDURATION:PT1M\nSUMMARY:{n}" for n in range(1500)]

    assert len(expanded(calendar(*events)).instances) == 1500


def test_what_cannot_be_read_can_still_be_replaced_by_our_own():
    assert own_event(patch(b"<html>", DRAFT, now=WINDOW[0])) == own_event(compose(DRAFT, now=WINDOW[0]))


def test_a_window_without_length_has_no_instances():
    moment = WINDOW[0]

    assert (
        expand(calendar("UID:x\n" + T), window=(moment, moment), zone=BERLIN, rules=Rules(), addresses=ANNA).instances
        == ()
    )


def test_a_rule_that_costs_too_much_blocks_from_its_start_and_is_named_as_a_problem():
    rule = f"RRULE:FREQ=MINUTELY;INTERVAL=7;COUNT=1000000000;BYMINUTE={MINUTES};BYHOUR=1;BYSECOND=1"
    result = expanded(calendar(f"UID:x\nDTSTART:19000101T000000Z\nDURATION:PT1H\n{rule}"))

    assert [(i.start, i.end, i.blocks) for i in result.instances] == [(*WINDOW, True)]
    assert (result.problem, result.endless) == ("too_many_occurrences", True)


@pytest.mark.parametrize("part", ["COUNT=0", "COUNT=-1", "INTERVAL=0"])
def test_a_number_that_makes_no_sense_is_a_problem_and_blocks_every_day(part):
    result = expanded(calendar(f"UID:x\n{T}\nRRULE:FREQ=DAILY;{part}"))
    endless = expanded(calendar(f"UID:x\n{T}\nRRULE:FREQ=DAILY"))

    assert [(i.start, i.end, i.blocks) for i in result.instances] == [(i.start, i.end, True) for i in endless.instances]
    assert result.problem == "unreadable"

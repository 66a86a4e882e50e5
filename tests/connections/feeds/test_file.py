"""A feed as a whole: its name, its colour, and how long it takes to read."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connections.dav import DavError
from connections.feeds.file import read_feed
from tests.connections.feeds.published import PUBLISHED, published
from tests.connections.ical.museum import BERLIN, expanded
from tests.feed_server import event_text, feed_text


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (["X-WR-CALNAME:Club"], "Club"),
        (["NAME:Other", "X-WR-CALNAME:Club"], "Club"),
        (["NAME;LANGUAGE=de:Verein\\, Berlin"], "Verein, Berlin"),
        (["X-WR-CALNAME:"], ""),
        (["X-WR-CALNAME: First team\\n at home "], "First team at home"),
        pytest.param(["X-WR-CALNAME:" + "x" * 400], "x" * 300, id="long"),
        ([], ""),
    ],
)
def test_a_feed_has_the_name_that_it_gives_itself(head: list[str], name: str) -> None:
    assert read_feed(feed_text(head=head)).name == name


@pytest.mark.parametrize(
    ("head", "color"),
    [
        (["X-APPLE-CALENDAR-COLOR:#1badf8"], "#1BADF8"),
        (["COLOR:red", "X-APPLE-CALENDAR-COLOR:#1BADF8FF"], "#1BADF8"),
        (["COLOR:Navy"], "#000080"),
        (["COLOR:#12345"], ""),
        (["COLOR:chartreuse"], ""),
        ([], ""),
    ],
)
def test_a_feed_has_a_colour_if_it_names_one(head: list[str], color: str) -> None:
    assert read_feed(feed_text(head=head)).color == color


def test_an_empty_calendar_is_a_feed() -> None:
    assert (dict(read_feed(feed_text()).pieces), read_feed(feed_text()).refresh_seconds) == ({}, 3600)


@pytest.mark.slow
def test_ten_thousand_events_are_read_in_two_seconds_of_computing() -> None:
    text = "\r\n".join(["DESCRIPTION:" + "Lorem ipsum. " * 5, "LOCATION:Somewhere", "SEQUENCE:0", "STATUS:CONFIRMED"])
    day = [f"202612{day:02}T180000" for day in range(1, 29)]
    data = feed_text(*(event_text(f"{number}@x", day[number % 28], day[number % 28], text) for number in range(10_000)))
    began = time.process_time()
    assert len(read_feed(data).pieces) == 10_000
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("provider", "name", "color", "refresh", "blocked"),
    [
        ("google", "anna@example.com", "", 3600, ["01 10:00-11:00", "03 15:00-16:00", "09 10:00-11:00"]),
        ("icloud", "Familie", "#1BADF8", 86_400, ["01 09:30-11:00"]),
        ("outlook", "Kalender", "", 3600, ["01 10:00-11:00", "08 10:00-11:00"]),
    ],
)
def test_the_feeds_of_large_providers_are_read(
    provider: str, name: str, color: str, refresh: int, blocked: list[str]
) -> None:
    feed = read_feed(published(provider))
    instances = [one for piece in feed.pieces.values() for one in expanded(piece.data).instances if one.blocks]
    spans = [(one.start.astimezone(BERLIN), one.end.astimezone(BERLIN)) for one in instances]
    assert sorted(f"{start:%d %H:%M}-{end:%H:%M}" for start, end in spans) == blocked
    assert (feed.name, feed.color, feed.refresh_seconds) == (name, color, refresh)


@pytest.mark.parametrize("provider", PUBLISHED)
def test_an_answer_at_another_time_says_the_same(provider: str) -> None:
    first, second = read_feed(published(provider)), read_feed(published(provider, "20261129T130000Z"))
    assert (first.digest, first.etags) == (second.digest, second.etags)


@pytest.mark.slow
@given(
    data=st.sampled_from([*map(published, PUBLISHED)]),
    edits=st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 60), st.binary(max_size=12)), max_size=6),
)
@settings(max_examples=300, deadline=None)
def test_a_damaged_file_is_read_or_is_an_error_of_the_wire(data: bytes, edits: list[tuple[int, int, bytes]]) -> None:
    for at, length, instead in edits:
        data = data[:at] + instead + data[at + length :]
    try:
        feed = read_feed(data)
    except DavError:
        return
    for href, piece in feed.pieces.items():
        assert (len(href) <= 700, piece.href, feed.etags[href]) == (True, href, piece.etag)
        expanded(piece.data)

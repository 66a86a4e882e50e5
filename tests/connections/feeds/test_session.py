"""A feed read as an account with one calendar."""

from __future__ import annotations

import logging
import traceback
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from connections import dav
from connections.dav.errors import TimedOut, Unencrypted
from connections.feeds import FeedSession
from tests.feed_server import MATCH, SECRET, TRAINING, Fault, FeedServer, event_text, feed_text

BOTH = ["/match@club.example.ics", "/training@club.example.ics"]


def read(server: FeedServer) -> tuple[str, FeedSession]:
    """The digest of the file, and the session that has read it."""
    with FeedSession(server.account()) as session:
        return session.home_listing("/").digest, session


def test_a_feed_is_a_home_with_one_calendar_that_can_only_be_read(feed_server: FeedServer) -> None:
    with FeedSession(feed_server.account()) as session:
        assert session.discover() == dav.Home("/", "/", frozenset())
        found = session.home_listing("/")
        assert found.same is False
        assert found.calendars == [dav.RemoteCalendar("/", "Club", "", False, False, found.digest)]
        assert session.calendars("/") == found.calendars
        assert session.exists("/") is True


def test_all_that_is_asked_of_the_calendar_comes_from_one_answer(feed_server: FeedServer) -> None:
    with FeedSession(feed_server.account()) as session:
        digest = session.home_listing("/").digest
        listing = session.listing("/")
        with session.lent() as lent:
            fetched = lent.fetch_at_once("/", [*BOTH, "/unknown.ics"])
        between = session.between("/", datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 12, 2, tzinfo=UTC))
        assert (sorted(listing.changed), listing.removed, listing.token) == (BOTH, frozenset(), digest)
        assert listing.complete is True
        assert session.changes("/", "another") == listing
        assert {href: one.etag for href, one in fetched.found.items()} == listing.changed
        assert fetched.missing == {"/unknown.ics"}
        assert sorted(one.href for one in between) == BOTH
        assert session.get(BOTH[0]) == fetched.found[BOTH[0]]
        assert (session.requests, session.status, session.answers) == (1, 200, {"GET 200": 1})


def test_an_event_that_the_file_has_not_is_not_found(feed_server: FeedServer) -> None:
    with FeedSession(feed_server.account()) as session, pytest.raises(dav.NotFound):
        session.get("/unknown.ics")


def test_a_quiet_feed_costs_one_304(feed_server: FeedServer) -> None:
    digest, before = read(feed_server)
    with FeedSession(feed_server.account(before.validators)) as session:
        assert session.home_listing("/", digest) == dav.HomeListing([], digest, same=True)
        assert (session.validators, session.refresh_seconds) == (before.validators, None)
    assert feed_server.statuses == Counter({200: 1, 304: 1})


@pytest.mark.parametrize(
    ("has_etag", "has_modified", "names"),
    [(True, True, {"etag", "modified"}), (True, False, {"etag"}), (False, True, {"modified"})],
)
def test_one_validator_is_enough(feed_server: FeedServer, has_etag: bool, has_modified: bool, names: set[str]) -> None:
    feed_server.has_etag, feed_server.has_modified = has_etag, has_modified
    digest, before = read(feed_server)
    with FeedSession(feed_server.account(before.validators)) as session:
        assert session.home_listing("/", digest).same is True
    assert (before.validators.keys(), feed_server.statuses[304]) == (names, 1)


def test_a_server_without_validators_sends_the_file_each_time(feed_server: FeedServer) -> None:
    feed_server.has_etag = feed_server.has_modified = False
    digest, before = read(feed_server)
    feed_server.data = feed_server.data.replace(b"DTSTAMP:20261129T120000Z", b"DTSTAMP:20261129T130000Z")
    with FeedSession(feed_server.account(before.validators)) as session:
        assert session.home_listing("/", digest) == dav.HomeListing([], digest, same=True)
        assert (session.validators, session.refresh_seconds) == ({}, 3600)
    assert feed_server.statuses == Counter({200: 2})


def test_new_validators_of_the_same_content_are_taken_over(feed_server: FeedServer) -> None:
    digest, before = read(feed_server)
    feed_server.data = feed_server.data.replace(b"DTSTAMP:20261129T120000Z", b"DTSTAMP:20261129T130000Z")
    with FeedSession(feed_server.account(before.validators)) as session:
        assert session.home_listing("/", digest).same is True
        assert session.validators != before.validators
        assert session.validators.keys() == {"etag", "modified"}


def test_without_a_known_digest_the_request_has_no_conditions(feed_server: FeedServer) -> None:
    digest, before = read(feed_server)
    with FeedSession(feed_server.account(before.validators)) as session:
        assert session.home_listing("/").digest == digest
    assert feed_server.statuses == Counter({200: 2})


def test_what_came_over_an_earlier_session_is_not_asked_for_again(feed_server: FeedServer) -> None:
    digest, before = read(feed_server)
    with FeedSession(feed_server.account(), received=before.received) as session:
        assert (session.listing("/").token, sorted(session.fetch("/", BOTH).found)) == (digest, BOTH)
        assert (session.validators, session.refresh_seconds) == (before.validators, 3600)
        assert session.requests == 0
        assert session.home_listing("/", digest).same is True
    assert feed_server.statuses == Counter({200: 1, 304: 1})


def test_validators_of_one_file_do_not_stand_for_another(feed_server: FeedServer) -> None:
    digest, before = read(feed_server)
    with FeedSession(feed_server.account(), received=before.received) as session:
        listing = session.home_listing("/", "the digest of an older file")
        assert (listing.same, listing.digest) == (False, digest)


def test_after_a_304_the_calendar_is_asked_for_without_conditions(feed_server: FeedServer) -> None:
    digest, before = read(feed_server)
    with FeedSession(feed_server.account(before.validators)) as session:
        session.home_listing("/", digest)
        assert sorted(session.listing("/").changed) == BOTH
        assert sorted(session.fetch("/", BOTH).found) == BOTH
        assert session.answers == {"GET 304": 1, "GET 200": 1}


def test_only_the_event_that_changed_has_another_etag(feed_server: FeedServer) -> None:
    digest, before = read(feed_server)
    earlier = before.listing("/").changed
    moved = event_text("match@club.example", "20261206T140000", "20261206T160000", "SUMMARY:Match")
    feed_server.data = feed_text(moved, TRAINING)
    with FeedSession(feed_server.account(before.validators)) as session:
        assert session.home_listing("/", digest).same is False
        now = session.listing("/").changed
    assert [href for href in now if now[href] != earlier[href]] == ["/match@club.example.ics"]


def test_the_interval_is_that_of_the_file(feed_server: FeedServer) -> None:
    feed_server.data = feed_text(MATCH, head=["REFRESH-INTERVAL;VALUE=DURATION:PT4H"])
    assert read(feed_server)[1].refresh_seconds == 4 * 3600


def test_no_password_and_no_cookie_is_sent(feed_server: FeedServer) -> None:
    read(feed_server)
    assert {"authorization", "cookie"} & feed_server.requests[0].headers.keys() == set()
    assert feed_server.requests[0].headers["accept-encoding"] == "gzip"
    assert feed_server.requests[0].path == f"/calendars/{SECRET}/basic.ics?token={SECRET}"


FAULTS = [
    (Fault.HALF_A_FILE, dav.BrokenFile, 200),
    (Fault.CUT_CONNECTION, dav.Unavailable, None),
    (Fault.HTML, dav.NotCalDav, 200),
    (Fault.ALWAYS_304, dav.NotCalDav, 304),
    (Fault.STRANGER, dav.ForeignHost, 302),
    (Fault.ENDLESS, dav.TooLarge, None),
    (Fault.SLOW, TimedOut, None),
    (Fault.CUT_GZIP, dav.Unavailable, None),
    (Fault.GZIP_BOMB, dav.TooLarge, None),
    (401, dav.Unauthorized, 401),
    (403, dav.Forbidden, 403),
    (404, dav.NotFound, 404),
    (410, dav.NotFound, 410),
    (429, dav.Unavailable, 429),
    (500, dav.Unavailable, 500),
    (503, dav.Unavailable, 503),
]


@pytest.mark.parametrize(("fault", "kind", "status"), FAULTS)
def test_a_fault_is_an_error_that_does_not_tell_the_address(
    feed_server: FeedServer,
    caplog: pytest.LogCaptureFixture,
    fault: Fault | int,
    kind: type[dav.DavError],
    status: int | None,
) -> None:
    feed_server.fault = fault
    timeout = 0.05 if fault == Fault.SLOW else 10
    with caplog.at_level(logging.DEBUG), FeedSession(feed_server.account(), timeout=timeout) as session:
        with pytest.raises(dav.DavError) as caught:
            session.home_listing("/")
        told = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + repr(session) + caplog.text
        told += repr(feed_server.account())
        assert (type(caught.value), session.status, caught.value.path) == (kind, status, "")
    assert SECRET not in told


def test_a_pause_that_is_asked_for_is_told(feed_server: FeedServer) -> None:
    feed_server.fault, feed_server.retry_after = 429, "120"
    with FeedSession(feed_server.account()) as session, pytest.raises(dav.Unavailable) as caught:
        session.home_listing("/")
    assert caught.value.retry_after == 120


def test_a_stranger_is_named_and_not_asked(feed_server: FeedServer) -> None:
    feed_server.fault = Fault.STRANGER
    with FeedSession(feed_server.account()) as session, pytest.raises(dav.ForeignHost) as caught:
        session.home_listing("/")
    assert (caught.value.host, session.requests) == ("stranger.example", 1)


def test_a_redirect_on_the_same_host_is_followed(feed_server: FeedServer) -> None:
    feed_server.fault, feed_server.location = Fault.STRANGER, "/elsewhere.ics#part"
    with FeedSession(feed_server.account()) as session, pytest.raises(dav.Unavailable, match="too many redirects"):
        session.home_listing("/")
    assert [asked.path for asked in feed_server.requests[1:]] == ["/elsewhere.ics"] * 5


def test_plain_http_is_used_on_this_machine_only() -> None:
    account = dav.Credentials("http://club.example/feed.ics", "", "")
    with FeedSession(account) as session, pytest.raises(Unencrypted):
        session.home_listing("/")
    assert session.requests == 0


def test_a_deadline_that_has_passed_sends_nothing(feed_server: FeedServer) -> None:
    with FeedSession(feed_server.account(), deadline=0.0) as session, pytest.raises(TimedOut):
        session.home_listing("/")
    assert feed_server.statuses == Counter()


def test_the_origin_is_the_one_that_answered(feed_server: FeedServer) -> None:
    with FeedSession(replace(feed_server.account(), origin="https://other.example:443")) as session:
        session.home_listing("/")
        assert f"{session.origin}/" == feed_server.url

"""Answers that are not what they should be: pages, broken XML, bombs, floods."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from connections import dav
from connections.dav import Credentials, Session
from connections.dav.multistatus import StreamedMultiStatus, parse_multistatus
from tests.servers import multistatus, prop, reply

WORK = "/1/calendars/work/"


QUESTIONS: list[Callable[[Session], object]] = [
    lambda session: session.discover(),
    lambda session: session.calendars("/1/calendars/"),
    lambda session: session.changes(WORK, "1"),
    lambda session: session.listing(WORK),
    lambda session: session.fetch(WORK, [f"{WORK}{n}.ics" for n in range(8)]),
    lambda session: session.etag(f"{WORK}a.ics"),
    lambda session: session.exists(WORK),
]


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE multistatus [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {name} "{f"&{before};" * 50}">' for before, name in zip("abcdef", "bcdefg", strict=True))
    + ']><multistatus xmlns="DAV:"><sync-token>&g;</sync-token></multistatus>'
).encode()


EXTERNAL = (
    b'<?xml version="1.0"?><!DOCTYPE multistatus [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    b'<multistatus xmlns="DAV:"><sync-token>&x;</sync-token></multistatus>'
)


DTD = b'<?xml version="1.0"?><!DOCTYPE multistatus SYSTEM "http://127.0.0.2:9/x.dtd"><multistatus xmlns="DAV:"/>'


WHOLE = multistatus(prop(f"{WORK}a.ics", '<getetag>"1"</getetag>'), after="<sync-token>2</sync-token>")


def asked(web, app, question: Callable[[Session], object]) -> Session:
    session = Session(Credentials(web(app).url, "anna", "x"), timeout=5)
    with session:
        question(session)
    return session


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize(
    "answer",
    [
        reply(200, b"<!DOCTYPE html><html><body>Sign in</body></html>", content_type="text/html"),
        reply(207, b"<!DOCTYPE html><html><body>Sign in</body></html>"),
        reply(207, b"<html><body>Welcome</body></html>"),
        reply(200, WHOLE),
        reply(204),
        reply(207, b""),
        reply(207, WHOLE[:-10]),
        reply(207, b"  " + WHOLE),
        reply(207, WHOLE.replace(b'"DAV:"', b'"dav"')),
        reply(207, b'<prop xmlns="DAV:"/>'),
        reply(207, b"\x00\x01\x02"),
        reply(207, WHOLE.replace(b"UTF-8", b"UTF-16")),
        reply(207, LAUGHS),
        reply(207, EXTERNAL),
        reply(207, DTD),
        reply(207, b"<a>" * 5000),
        reply(207, b'<multistatus xmlns="DAV:">' + b"<a>" * 5000 + b"</a>" * 5000 + b"</multistatus>"),
        reply(207, b'<multistatus xmlns="DAV:">&undefined;</multistatus>'),
        reply(207, WHOLE, content_encoding="br"),
    ],
    ids=lambda _: "",
)
def test_what_is_no_multistatus_is_never_read_as_one(web, answer, question) -> None:
    with pytest.raises((dav.NotCalDav, dav.TokenExpired)) as caught:  # to a token: a listing tells what is wrong
        asked(web, answer, question)
    assert dav.NotCalDav in (type(caught.value), type(caught.value.__cause__))


def test_the_content_type_is_not_believed(web) -> None:
    seen: list[dav.Changes] = []
    answer = reply(207, WHOLE, content_type="text/html")
    asked(web, answer, lambda session: seen.append(session.changes(WORK, "1")))
    assert seen == [dav.Changes({f"{WORK}a.ics": '"1"'}, frozenset(), "2", complete=False)]


def test_prefixes_quotes_comments_and_blanks_do_not_matter(web) -> None:
    body = (
        b"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n<D:multistatus xmlns:D='DAV:'>\n <!-- x -->"
        b"<response xmlns='DAV:'>\n<href> /1/calendars/work/a.ics\n</href><propstat>\n<prop><getetag> \"1\" "
        b"</getetag></prop>\n<status>HTTP/1.1 200</status></propstat></response></D:multistatus>"
    )
    seen: list[dav.Changes] = []
    asked(web, reply(207, body), lambda session: seen.append(session.changes(WORK, "1")))
    assert seen == [dav.Changes({f"{WORK}a.ics": '"1"'}, frozenset(), "", complete=False)]


def test_a_server_that_names_no_principal_or_home_is_no_caldav(web) -> None:
    for found in ("<current-user-principal><unauthenticated/></current-user-principal>", "<displayname/>"):
        with pytest.raises(dav.NotCalDav):
            asked(web, reply(207, multistatus(prop("/", found))), lambda session: session.discover())


def test_a_member_without_an_href_is_passed_over(web) -> None:
    body = multistatus("<status>HTTP/1.1 404 X</status>", "<href> </href>", after="<sync-token>2</sync-token>")
    seen: list[dav.Changes] = []
    asked(web, reply(207, body), lambda session: seen.append(session.changes(WORK, "1")))
    assert (seen[0].changed, seen[0].removed) == ({}, frozenset())


def test_a_404_inside_a_207_is_a_404(web) -> None:
    gone = multistatus(f"<href>{WORK}a.ics</href><status>HTTP/1.1 404 Not Found</status>")
    with pytest.raises(dav.NotFound):
        asked(web, reply(207, gone), lambda session: session.etag(f"{WORK}a.ics"))
    seen: list[bool] = []
    asked(web, reply(207, gone), lambda session: seen.append(session.exists(WORK)))
    assert seen == [False]


BOMBS = [
    multistatus("<a/>" * 1_100_000),
    multistatus("<href>/</href>" * 600_000),
    multistatus("<a " + " ".join(f'a{number}=""' for number in range(600_000)) + "/>"),
]


@pytest.mark.parametrize("body", BOMBS, ids=["elements", "hrefs", "attributes"])
def test_an_answer_with_more_elements_than_any_calendar_has_is_refused_before_it_is_parsed(body: bytes) -> None:
    with pytest.raises(dav.TooLarge):
        parse_multistatus(body, "/")


def test_a_listing_of_eighty_thousand_resources_is_read() -> None:
    body = multistatus(*(prop(f"{WORK}{number}.ics", '<getetag>"1"</getetag>') for number in range(80_000)))

    assert len(parse_multistatus(body, WORK).members) == 80_000


@pytest.mark.parametrize("count", [0, 1, 300])
def test_one_member_at_a_time_says_the_same_as_all_at_once(count: int) -> None:
    responses = "".join(
        f"<response><href>/w/{n}.ics</href><propstat><prop><getetag>&quot;{n}&quot;</getetag></prop>"
        "<status>HTTP/1.1 200 OK</status></propstat></response>"
        for n in range(count)
    )
    body = f'<multistatus xmlns="DAV:">{responses}<sync-token> new </sync-token></multistatus>'.encode()
    whole, streamed = parse_multistatus(body, "/w/"), StreamedMultiStatus(body, "/w/")
    found = [(member.path, member.text("{DAV:}getetag")) for member in streamed.members]
    assert found == [(member.path, member.text("{DAV:}getetag")) for member in whole.members]
    assert (streamed.sync_token, streamed.refuses_token, bool(streamed.members)) == ("new", False, count > 0)


def test_a_token_that_is_refused_is_seen_one_member_at_a_time_too() -> None:
    streamed = StreamedMultiStatus(
        b'<multistatus xmlns="DAV:"><response><href>/w/</href><error><valid-sync-token/></error></response>'
        b"</multistatus>",
        "/w/",
    )
    assert ([member.path for member in streamed.members], streamed.refuses_token) == (["/w/"], True)

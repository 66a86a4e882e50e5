"""What can go wrong: who can mend it, and a sentence that says what to do."""

from __future__ import annotations

import re

import pytest

from connections import dav
from connections.problems import SENTENCES, Kind, Problem, classify, classify_account, concerns_all, sentence

CASES: list[tuple[dav.DavError, Kind, str, bool]] = [
    (dav.Unauthorized("x", status=401), Kind.PERSON, "unauthorized", True),
    (dav.ForeignHost("evil.example"), Kind.LATER, "foreign_host", True),
    (dav.Unavailable("x"), Kind.LATER, "unavailable", True),
    (dav.Unavailable("x", status=429, retry_after=5), Kind.LATER, "throttled", True),
    (dav.Unavailable("x", status=503), Kind.LATER, "throttled", True),
    (dav.Unavailable("x", status=502), Kind.LATER, "unavailable", True),
    (dav.Unavailable("x", status=500), Kind.LATER, "unavailable", False),
    (dav.NotCalDav("x", status=200), Kind.LATER, "not_caldav", False),
    (dav.TooLarge("x"), Kind.ITEM, "too_large", False),
    (dav.Forbidden("x", status=403), Kind.ITEM, "forbidden", False),
    (dav.NotFound("x", status=404), Kind.ITEM, "not_found", False),
    (dav.TokenExpired("x"), Kind.LATER, "interrupted", False),
    (dav.Conflict("x", status=412), Kind.ITEM, "conflict", False),
    (dav.DavError("x", status=418), Kind.LATER, "server_refused", False),
]


@pytest.mark.parametrize(("error", "kind", "code", "all_of_it"), CASES, ids=lambda value: str(value))
def test_every_error_of_the_wire_has_one_meaning(error: dav.DavError, kind: Kind, code: str, all_of_it: bool) -> None:
    verdict = classify(error)
    assert (verdict.kind, verdict.problem.code, concerns_all(error)) == (kind, code, all_of_it)


@pytest.mark.parametrize(("error", "kind", "code", "all_of_it"), CASES, ids=lambda value: str(value))
def test_for_a_whole_account_only_a_refused_password_needs_a_person(
    error: dav.DavError, kind: Kind, code: str, all_of_it: bool
) -> None:
    verdict = classify_account(error, "anna@example.com")
    assert verdict.kind is (Kind.PERSON if code == "unauthorized" else Kind.LATER)


def test_what_the_server_asked_to_wait_is_kept() -> None:
    assert classify(dav.Unavailable("x", status=503, retry_after=90)).retry_after == 90


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_every_code_has_a_sentence_even_without_its_parameters(code: str) -> None:
    text = sentence(code, {})
    assert (text[-1], re.findall(r"%\(|%[sd]", text)) == (".", [])


def test_an_unknown_code_is_named_and_no_code_is_no_sentence() -> None:
    assert sentence("flood") == (
        "Something unexpected went wrong in Kalends (flood). It was logged; it is tried again later."
    )
    assert sentence("") == ""


def test_parameters_stand_in_the_sentence() -> None:
    assert Problem("foreign_host", {"host": "evil.example"}).sentence.split(",")[0] == "The server led to evil.example"

"""What can go wrong: who can mend it, and a sentence that says what to do."""

from __future__ import annotations

import re

import pytest

from connections import dav
from connections.models import Connection
from connections.problems import (
    SENTENCES,
    Handling,
    Problem,
    classify,
    classify_account,
    classify_connecting,
    concerns_all,
    sentence,
)
from connections.providers import provider_words

ICLOUD_URL = "https://caldav.icloud.com/"

CASES: list[tuple[dav.DavError, Handling, str, bool]] = [
    (dav.Unauthorized("x", status=401), Handling.ASK_PERSON, "unauthorized", True),
    (dav.ForeignHost("evil.example"), Handling.RETRY, "foreign_host", True),
    (dav.LinkLocal("x"), Handling.RETRY, "link_local", True),
    (dav.PrivateAddress("x"), Handling.RETRY, "private_address", True),
    (dav.SpecialAddress("x"), Handling.RETRY, "special_address", True),
    (dav.Unencrypted("x"), Handling.RETRY, "unencrypted", True),
    (dav.Downgraded("x"), Handling.RETRY, "downgraded", True),
    (dav.Unavailable("x"), Handling.RETRY, "unavailable", True),
    (dav.Untrusted("x"), Handling.RETRY, "untrusted", True),
    (dav.Unavailable("x", status=429, retry_after=5), Handling.RETRY, "throttled", True),
    (dav.Unavailable("x", status=503), Handling.RETRY, "throttled", True),
    (dav.Unavailable("x", status=502), Handling.RETRY, "unavailable", True),
    (dav.Unavailable("x", status=500), Handling.RETRY, "unavailable", False),
    (dav.NotCalDav("x", status=200), Handling.RETRY, "not_caldav", False),
    (dav.TooLarge("x"), Handling.SKIP, "too_large", False),
    (dav.Forbidden("x", status=403), Handling.SKIP, "forbidden", False),
    (dav.NotFound("x", status=404), Handling.SKIP, "not_found", False),
    (dav.TokenExpired("x"), Handling.RETRY, "interrupted", False),
    (dav.Conflict("x", status=412), Handling.SKIP, "conflict", False),
    (dav.DavError("x", status=418), Handling.RETRY, "server_refused", False),
]


@pytest.mark.parametrize(("error", "handling", "code", "all_of_it"), CASES, ids=lambda value: str(value))
def test_every_error_of_the_wire_has_one_meaning(
    error: dav.DavError, handling: Handling, code: str, all_of_it: bool
) -> None:
    verdict = classify(error)
    assert (verdict.handling, verdict.problem.code, concerns_all(error)) == (handling, code, all_of_it)


@pytest.mark.parametrize(("error", "handling", "code", "all_of_it"), CASES, ids=lambda value: str(value))
def test_for_a_whole_account_only_a_refused_password_needs_a_person(
    error: dav.DavError, handling: Handling, code: str, all_of_it: bool
) -> None:
    verdict = classify_account(error, "anna@example.com")
    assert verdict.handling is (Handling.ASK_PERSON if code == "unauthorized" else Handling.RETRY)


REFUSALS = [
    (dav.LinkLocal("cloud.example"), "link_local"),
    (dav.PrivateAddress("cloud.example"), "private_address"),
    (dav.SpecialAddress("cloud.example"), "special_address"),
    (dav.Unencrypted("cloud.example"), "unencrypted"),
    (dav.Downgraded("cloud.example"), "downgraded"),
    (dav.LeadsElsewhere("cloud.example"), "leads_elsewhere"),
    (dav.AppleAddress(), "apple_address"),
    (dav.UserInfo(), "user_info"),
    (dav.Untrusted("cloud.example"), "untrusted"),
]


@pytest.mark.parametrize(("error", "code"), REFUSALS, ids=lambda value: str(value))
def test_who_connects_is_told_what_was_refused_before_anything_was_sent(error: dav.DavError, code: str) -> None:
    problem = classify_connecting(error, right_address=False)
    assert (problem.code, "?" in problem.sentence) == (code, False)


@pytest.mark.parametrize(
    ("status", "right_address", "code"),
    [(None, False, "no_answer"), (503, False, "not_reached"), (None, True, "not_reached"), (503, True, "not_reached")],
)
def test_who_may_have_mistyped_the_address_is_told_so_where_nothing_answers(
    status: int | None, right_address: bool, code: str
) -> None:
    error = dav.Unavailable("x", status=status)
    assert classify_connecting(error, right_address=right_address).code == code


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


def test_apple_is_named_only_where_the_account_is_one_of_apple() -> None:
    refused = {"username": "anna@example.com"}
    accounts = [("icloud", ICLOUD_URL), ("caldav", "https://dav.example.org/anna/"), ("caldav", "")]
    assert [sentence("unauthorized", refused, words=provider_words(slug, url)) for slug, url in accounts] == [
        "Apple no longer accepts the app-specific password of anna@example.com. "
        "Make a new one at account.apple.com and reconnect.",
        "dav.example.org no longer accepts the password of anna@example.com. Make a new one and reconnect.",
        "The server no longer accepts the password of anna@example.com. Make a new one and reconnect.",
    ]


def test_a_sentence_about_an_account_names_its_provider() -> None:
    connection = Connection(error_code="throttled")
    assert connection.sentence == "iCloud asks Kalends to wait. It tries again by itself."
    assert sentence("throttled") == "The server asks Kalends to wait. It tries again by itself."


PROBLEMS_OF_ICLOUD = {
    "not_app_password",
    "apple_address",
    "icloud_page",
}


@pytest.mark.parametrize("code", sorted(SENTENCES.keys() - PROBLEMS_OF_ICLOUD))
def test_nothing_of_apple_is_said_of_another_provider(code: str) -> None:
    said = sentence(code, words=provider_words("caldav", "https://dav.example.org/"))
    assert [word for word in ("Apple", "iCloud", "app-specific") if word in said] == []


def test_every_sentence_of_a_provider_replaces_a_common_one() -> None:
    assert provider_words("icloud").sentences.keys() - SENTENCES.keys() == set()


def test_parameters_stand_in_the_sentence() -> None:
    assert Problem("foreign_host", {"host": "evil.example"}).sentence.split(",")[0] == "The server led to evil.example"

"""verify_account: what it asks first, what it refuses, and how it ends."""

from __future__ import annotations

import io

import pytest

from tests.connections.engine import World
from tests.shell import Answer, ask, refusal, shown

ARGUMENTS = ("verify_account", "--user", "anna", "--calendar")


def test_all_as_expected_is_exit_0_and_names_nobody(connected: World) -> None:
    answer = ask(*ARGUMENTS, "Work", "--yes")
    assert (answer.code, answer.json["counts"]["different"], answer.json["clean"], connected.there()) == (
        0,
        0,
        True,
        {},
    )
    words = shown(*ARGUMENTS, "Work", "--yes")
    assert "same       PUT of a new event, If-None-Match: *: 201 with an ETag\n" in words
    assert "45 as expected, 0 different, 3 that nobody knows yet.\n" in words
    secrets = (connected.account.dsid, connected.account.apple_id, connected.password, "Work", "127.0.0.1")
    assert [secret for secret in secrets if secret in words] == []


def test_a_different_answer_is_exit_1_with_all_rows(connected: World) -> None:
    connected.icloud.switches.principal_depth_one = "207"
    answer = ask(*ARGUMENTS, "Work", "--yes")
    assert (answer.code, answer.error) == (1, "1 answer differs from what is expected.")
    (row,) = [one for one in answer.json["findings"] if one["outcome"] == "different"]
    assert (row["key"], row["expected"], row["found"]) == ("principal-depth-1", ["400"], "207")


@pytest.mark.parametrize("typed", ["n\n", "", "\n"])
def test_without_a_yes_nothing_is_sent(connected: World, typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    expected = refusal("Nothing was asked and nothing was written. Answer y, or give --yes.")
    assert (ask(*ARGUMENTS, "Work"), connected.asked()) == (expected, [])


def test_a_typed_yes_counts(connected: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert ask(*ARGUMENTS, "Work").code == 0


def test_a_shared_calendar_and_that_of_somebody_else_are_refused(connected: World, user: object) -> None:
    answers = [ask(*ARGUMENTS, "Team", "--yes"), ask(*ARGUMENTS, "Nothing", "--yes"), _of_another(user)]
    assert ([answer.code for answer in answers], connected.asked()) == ([2, 2, 2], [])
    assert answers[0].error == "“Team” is shared. Others would see the event: make a new calendar for the check."


def _of_another(user: object) -> Answer:
    return ask("verify_account", "--user", user, "--calendar", "Work", "--yes")


def test_a_refused_password_fails_in_one_sentence(connected: World) -> None:
    connected.account.revoke(connected.password)
    answer = ask(*ARGUMENTS, "Work", "--yes")
    assert answer.code == 1
    assert answer.error.startswith("Apple no longer accepts the app-specific password")

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bookings.pages.configuration.proposal import proposed_calendar
from connections.models import Calendar


def own(name: str, **facts: object) -> Calendar:
    return Calendar(**{"name": name, "path": f"/{name}/", "writable": True, **facts})


@pytest.mark.parametrize(
    "name",
    [
        *("Work", "WORK", "Bookings", "My bookings 2026", "Practice", "Praxis Winter", "Praxistermine", "Arbeit"),
        *("Termine", "Buchungen", "Rendez-vous", "Travail", "Klientinnen", "Dienst", "💼 Work"),
    ],
)
def test_a_calendar_named_like_work_is_proposed(name: str) -> None:
    home, one = own("Home"), own(name)
    assert proposed_calendar([home, one]) is one


@pytest.mark.parametrize("name", ["Home", "Workout", "Homework", "Network", "Family", "Privat", "", "Jobst", "Kids"])
def test_a_calendar_with_any_other_name_is_not(name: str) -> None:
    assert proposed_calendar([own(name)]) is None


@pytest.mark.parametrize(
    "facts", [{"shared": True}, {"writable": False}, {"gone_at": datetime(2026, 1, 1, tzinfo=UTC)}]
)
def test_what_others_see_or_nobody_can_write_is_never_proposed(facts: dict[str, object]) -> None:
    assert proposed_calendar([own("Bookings", **facts)]) is None


def test_of_several_the_most_telling_name_wins_then_the_first() -> None:
    work, first, second = own("Work"), own("Bookings"), own("Bookings 2")
    assert proposed_calendar([work, first, second]) is first

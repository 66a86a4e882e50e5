"""Refused and empty sync tokens, in every way servers have of saying so."""

from __future__ import annotations

from typing import get_args, get_type_hints

import pytest

from sandbox.server.switches import Switches
from tests.connections.engine import World, at

WAYS = get_args(get_type_hints(Switches)["expired_token"])


@pytest.mark.parametrize("how", WAYS)
def test_after_a_refused_token_everything_is_compared_and_only_differences_are_fetched(world: World, how: str) -> None:
    hrefs = [world.add(f"Event {hour}", at(hour)) for hour in range(8, 14)]
    world.sync()
    world.icloud.switches.expired_token = how
    world.icloud.forget_tokens()
    world.phone.move(hrefs[0], at(20))
    world.phone.delete(hrefs[1])
    world.asked()
    report = world.sync()
    assert (report.error, world.known(), len(world.seen())) == (None, world.there(), 5)
    assert (report.changed, report.removed) == (1, 1)
    assert [line for line in world.asked() if "multiget" in line] == ["calendar-multiget /calendars/work/ 207"]
    assert world.sync().requests == 1
    world.phone.move(hrefs[2], at(21))
    assert (world.sync().requests, world.known()) == (3, world.there())


def test_a_207_with_nothing_is_no_proof_that_nothing_changed(world: World) -> None:
    world.sync()
    world.icloud.switches.expired_token = "207-nothing"
    world.icloud.forget_tokens()
    world.add("Dentist", at(10))
    world.asked()
    assert (world.sync().changed, world.seen()) == (1, ["01.12. 10:00-11:00 Dentist BUSY"])
    assert world.asked() == [
        "PROPFIND /calendars/ 1 207",
        "sync-collection /calendars/work/ 0 207",
        "sync-collection /calendars/work/ 0 207",
        "calendar-multiget /calendars/work/ 207",
    ]


@pytest.mark.parametrize("form", ["base64", "ft"])
def test_tokens_are_opaque(world: World, form: str) -> None:
    world.icloud.switches.token_form = form
    world.add("Dentist", at(10))
    assert world.sync().changed == 1
    world.add("Physio", at(12))
    world.asked()
    assert (world.sync().changed, len(world.asked())) == (1, 3)


def test_a_token_too_long_to_keep_is_as_good_as_none(world: World) -> None:
    href = world.add("Dentist", at(10))
    world.sync()
    world.calendar().connection.calendars.update(sync_token="")
    world.phone.move(href, at(15))
    assert (world.sync().changed, world.known()) == (1, world.there())

"""Rules that are too long to be stored."""

from __future__ import annotations

import pytest

from connections.ical import reduce
from connections.ical.rules.shortening import fit_rule
from tests.connections.ical.museum import calendar, expanded


def test_a_part_that_repeats_its_values_until_the_rule_is_too_long_loses_none() -> None:
    hours = ",".join(["10", "15"] * 2500)

    assert fit_rule(f"FREQ=DAILY;BYHOUR={hours};COUNT=4") == "FREQ=DAILY;BYHOUR=10,15;COUNT=4"


def test_a_rule_that_is_too_long_loses_the_long_part_alone() -> None:
    fitted = fit_rule(f"X-A={'A' * 9000};BYDAY={'B' * 9999};FREQ=DAILY;UNTIL=20261203")

    assert (fitted, fit_rule(fitted)) == ("FREQ=DAILY;UNTIL=20261203;LOST=1", fitted)


@pytest.mark.parametrize("size", [10_000, 90_000, 200_000])
def test_what_stands_behind_a_part_that_is_too_long_is_obeyed(size: int) -> None:
    event = f"UID:x\nDTSTART;VALUE=DATE:20261201\nRRULE:X-A={'A' * size};FREQ=DAILY;UNTIL=20261203"
    whole = expanded(calendar(event))
    kept = expanded(reduce(calendar(event), titles=False))

    assert ([i.recurrence_id for i in whole.instances], whole.problem) == (
        ["2026-12-01", "2026-12-02", "2026-12-03"],
        "unreadable",
    )
    assert (kept.instances, kept.problem) == (whole.instances, whole.problem)

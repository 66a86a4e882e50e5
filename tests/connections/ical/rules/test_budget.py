"""What the expansion of one resource may cost."""

from __future__ import annotations

import pytest

from connections.ical.rules.budget import MAX_OCCURRENCES, MAX_STEPS, Budget, TooMany


@pytest.mark.parametrize("more", [{"steps": 1}, {"occurrences": 1}])
def test_a_budget_can_be_spent_to_the_last_step_and_occurrence(more: dict[str, int]) -> None:
    budget = Budget()
    budget.spend(steps=MAX_STEPS, occurrences=MAX_OCCURRENCES)

    assert (budget.steps, budget.occurrences) == (0, 0)
    with pytest.raises(TooMany):
        budget.spend(**more)

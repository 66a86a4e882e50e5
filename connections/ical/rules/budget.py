"""What the expansion of one resource may cost."""

from __future__ import annotations

MAX_STEPS = 100_000
MAX_OCCURRENCES = 20_000


class TooMany(Exception):
    """The series has more occurrences, or needs more steps to find them, than the budget allows."""


class Budget:
    """The steps and occurrences that the expansion of one resource may cost, shared by all of its rules."""

    def __init__(self) -> None:
        self.steps = MAX_STEPS
        self.occurrences = MAX_OCCURRENCES

    def spend(self, *, steps: int = 0, occurrences: int = 0) -> None:
        """Take from the budget. Raises TooMany if nothing is left."""
        self.steps -= steps
        self.occurrences -= occurrences
        if self.steps < 0 or self.occurrences < 0:
            raise TooMany

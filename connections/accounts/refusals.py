"""Why an account was not connected, and why a choice of calendars was not kept."""

from __future__ import annotations

from connections.problems import Problem

ADDRESS_FIELD = "url"
PASSWORD_FIELD = "app_password"  # noqa: S105 - a name
"""The fields of forms that a refusal can concern."""


class ConnectFailed(Exception):
    """The account was not connected. `problem.sentence` says what to do, `field` which input it concerns ("" none)."""

    def __init__(self, problem: Problem, field: str = "") -> None:
        super().__init__(problem.sentence)
        self.problem = problem
        self.field = field


class ConfigurationRefused(ValueError):
    """The choice of calendars cannot be kept; str() is the sentence that says why."""

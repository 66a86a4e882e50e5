"""What was skipped is said in one line at the end; where CI is true, nothing may be skipped at all."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import pytest

SKIPPED = pytest.StashKey[Counter[str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[SKIPPED] = Counter()
    config.pluginmanager.register(Reporter(config.stash[SKIPPED]), "skips")


class Reporter:
    """Counts by reason, in the process that the terminal belongs to."""

    def __init__(self, skipped: Counter[str]) -> None:
        self.skipped = skipped

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail"):
            self.skipped[reason(report)] += 1

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self.skipped[reason(report)] += 1


def reason(report: Any) -> str:
    """Why a test was skipped, as it says itself."""
    told = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return str(told).removeprefix("Skipped: ")


def line(skipped: Counter[str]) -> str:
    """Everything that was skipped, in one line."""
    return "Skipped: " + "; ".join(f"{count} × {why}" for why, count in sorted(skipped.items()))


def pytest_sessionfinish(session: pytest.Session) -> None:
    skipped = session.config.stash[SKIPPED]
    if skipped and os.environ.get("CI") == "true" and not hasattr(session.config, "workerinput"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if skipped := config.stash[SKIPPED]:
        forbidden = " - and under CI=true nothing may be" if os.environ.get("CI") == "true" else ""
        terminalreporter.write_line(line(skipped) + forbidden)

"""Fixtures that every test may ask for; each plugin names one noun."""

from __future__ import annotations

pytest_plugins = ["tests.any_day", "tests.fast", "tests.icloud", "tests.reruns", "tests.servers", "tests.skips"]

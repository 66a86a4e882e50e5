"""Fixtures that every test may ask for; each plugin names one noun."""

from __future__ import annotations

pytest_plugins = ["tests.servers", "tests.icloud", "tests.skips", "tests.fast"]

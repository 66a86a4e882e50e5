"""Fixtures that every test may ask for; each plugin names one noun."""

from __future__ import annotations

import os

os.environ["LC_ALL"] = "C.UTF-8"  # commands that are run as processes speak English, whoever runs the tests

pytest_plugins = [
    "tests.any_day",
    "tests.chromium",
    "tests.database_tests",
    "tests.fast",
    "tests.icloud",
    "tests.name_server",
    "tests.reruns",
    "tests.sandboxed",
    "tests.servers",
    "tests.feed_server",  # after servers, which it imports
    "tests.internet",  # likewise
    "tests.skips",
]

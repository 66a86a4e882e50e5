"""Fixtures that every test may ask for; each plugin names one noun."""

from __future__ import annotations

import os
import signal

os.environ["LC_ALL"] = "C.UTF-8"  # commands that are run as processes speak English, whoever runs the tests
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell lets what it starts in the background ignore Ctrl-C
    signal.signal(signal.SIGINT, signal.default_int_handler)

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

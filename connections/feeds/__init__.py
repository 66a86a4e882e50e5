"""Calendars by web address: one file with all events, which can only be read. No Django, no tables.

Terms: a *feed* is such a file, its *pieces* are its events, each as a calendar file of its own that the reader of
`connections.ical` can read. The *address* of a feed is a secret, because whoever knows it can read the calendar: no
error, no log and no repr contains its path or its query.
"""

from __future__ import annotations

from connections.feeds.addresses import UnusableAddress, clean_address, label, site
from connections.feeds.own import is_own_address, is_own_file
from connections.feeds.session import FeedSession, Received

__all__ = [
    "FeedSession",
    "Received",
    "UnusableAddress",
    "clean_address",
    "is_own_address",
    "is_own_file",
    "label",
    "site",
]

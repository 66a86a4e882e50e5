"""Outwards: put or delete one event in a calendar."""

from __future__ import annotations

from connections.push.events import (
    ChangedThere,
    GoneThere,
    Placement,
    Stored,
    UidElsewhere,
    delete,
    find,
    put,
    remember,
    report_pause,
    report_refused,
    reword,
)

__all__ = [
    "ChangedThere",
    "GoneThere",
    "Placement",
    "Stored",
    "UidElsewhere",
    "delete",
    "find",
    "put",
    "remember",
    "report_pause",
    "report_refused",
    "reword",
]

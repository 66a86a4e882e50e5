"""Outwards: write or remove one event in a calendar."""

from __future__ import annotations

from connections.push.erasing import erase
from connections.push.lookup import find
from connections.push.removing import delete
from connections.push.rows import remember, report_pause, report_refused
from connections.push.values import ChangedThere, GoneThere, Placement, Stored, UidElsewhere
from connections.push.writing import put, put_texts

__all__ = [
    "ChangedThere",
    "GoneThere",
    "Placement",
    "Stored",
    "UidElsewhere",
    "delete",
    "erase",
    "find",
    "put",
    "put_texts",
    "remember",
    "report_pause",
    "report_refused",
]

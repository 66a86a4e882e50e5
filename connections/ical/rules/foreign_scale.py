"""Approximates rules of a calendar system that is not supported (RFC 7529)."""

from __future__ import annotations

from datetime import tzinfo

from connections.ical.moments import Moment
from connections.ical.rules.parts import MONTH_PARTS, bare, joined
from connections.ical.rules.readable import readable_end


def approximate_rules(text: str, start: Moment, zone: tzinfo) -> list[str]:
    """Rules that block on the safe side for months and years of a calendar that is not supported (RFC 7529).

    The years of most calendars keep to the seasons, so an anniversary falls within a month of the same date. Those of
    the Islamic calendars do not, and neither do months: they may fall on any day.
    """
    parts = dict(item.partition("=")[::2] for item in bare(text).split(";"))
    end = readable_end([parts["UNTIL"]] if "UNTIL" in parts else [], start, zone)
    if parts["FREQ"] != "YEARLY" or parts["RSCALE"].startswith("ISLAMIC") or not MONTH_PARTS.isdisjoint(parts):
        return [joined({"FREQ": "DAILY", **end})]
    middle = start.wall.timetuple().tm_yday
    days = sorted({(middle + shift - 1) % 366 + 1 for shift in range(-31, 32)})
    return [joined({"FREQ": "YEARLY", "BYYEARDAY": ",".join(map(str, days)), **end})]

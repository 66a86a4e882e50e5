"""The countries of the world, from the tables of the time zone database. No Django."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def country_choices() -> tuple[tuple[str, str], ...]:
    """(two letters, English name) of every country, by name."""
    lines = files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return tuple(sorted(((code, name) for code, name in rows), key=lambda row: row[1]))

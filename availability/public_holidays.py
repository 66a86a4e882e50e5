"""The public holidays of a country, as the package `holidays` knows them. No Django, no clock, no network."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import holidays


def knows(country: str) -> bool:
    """Say whether public holidays of the country (ISO 3166-1, two letters) are known."""
    return country in holidays.list_supported_countries(include_aliases=False)


def regions(country: str) -> list[tuple[str, str]]:
    """Give the codes and names of the regions whose holidays differ, sorted by name; empty for unknown countries."""
    if not knows(country):
        return []
    calendar = holidays.country_holidays(country)
    names = calendar.get_subdivision_aliases()
    return sorted(((code, _name(code, names)) for code in calendar.subdivisions), key=lambda region: region[1])


def _name(code: str, names: Mapping[str, list[str]]) -> str:
    return next(iter(names.get(code, [])), code)


def public_holidays(country: str, region: str, year: int, language: str) -> dict[date, str]:
    """Give the names of the year's public holidays by date, sorted; of the whole country if `region` is unknown.

    The names are in the language, a code such as "de", or in the country's own if they are not known in it. Unknown
    countries have none.
    """
    if not knows(country):
        return {}
    calendar = holidays.country_holidays(country)
    spoken = next((one for one in calendar.supported_languages if one.split("_")[0] == language.split("-")[0]), None)
    part = region if region in calendar.subdivisions else None
    return dict(sorted(holidays.country_holidays(country, subdiv=part, years=year, language=spoken).items()))

"""The countries of the world: which there are from the time zone database, their names from the Unicode CLDR."""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.resources import files

from babel import Locale
from django.conf import settings
from django.utils import translation


def country_choices() -> tuple[tuple[str, str], ...]:
    """(two letters, name) of every country, by name, in the active language."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    return _choices(language.partition("-")[0])


@cache
def _choices(language: str) -> tuple[tuple[str, str], ...]:
    names = Locale(language).territories
    choices = ((code, str(names[code])) for code in _codes())
    return tuple(sorted(choices, key=lambda choice: _place_in_list(choice[1])))


@cache
def _codes() -> tuple[str, ...]:
    lines = files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text(encoding="utf-8").splitlines()
    return tuple(line.split("\t")[0] for line in lines if line and not line.startswith("#"))


def _place_in_list(name: str) -> str:
    """What a list is sorted by: Österreich stands at O."""
    letters = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold()

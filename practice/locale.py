"""What is usual where somebody reads: the first day of the week and the clock, by the region in their browser."""

from __future__ import annotations

from babel import Locale, UnknownLocaleError
from django.http import HttpRequest
from django.utils.formats import get_format
from django.utils.translation import get_language
from django.utils.translation.trans_real import parse_accept_lang_header


def first_weekday(request: HttpRequest) -> int:
    """The first day of the reader's week: 0 Sunday, 1 Monday, 6 Saturday. Without a region, that of the language."""
    locale = _regional(request, get_language() or "")
    return int(get_format("FIRST_DAY_OF_WEEK")) if locale is None else (locale.first_week_day + 1) % 7


def has_twelve_hours(request: HttpRequest, language: str) -> bool:
    """Does the clock have 12 hours, AM and PM, where the reader's browser says that this language is read?"""
    locale = _regional(request, language)
    return locale is not None and "a" in locale.time_formats["short"].pattern


def _regional(request: HttpRequest, language: str) -> Locale | None:
    """The first locale of the browser with this language that names a region."""
    for tag, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if tag.partition("-")[0] == language.partition("-")[0] and (locale := _locale(tag)) and locale.territory:
            return locale
    return None


def _locale(tag: str) -> Locale | None:
    try:
        return Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return None

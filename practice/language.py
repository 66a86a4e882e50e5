"""In which language people read: those who work here their own, clients theirs.

Somebody who works here reads in the language that they chose. Without a choice, pages follow their browser and mails
the practice. Whoever wants a clock of 12 hours, or chose none and reads where it is usual, reads a variant of the
language, such as `en-us`, which has the same words and other formats (config.formats).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from babel import Locale, UnknownLocaleError
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.formats import get_format
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.defaults import page_not_found

from practice.models import Practice, User

Answer = TypeVar("Answer", bound=HttpResponse)
Arguments = ParamSpec("Arguments")
View = Callable[Concatenate[HttpRequest, Arguments], HttpResponse]

TWELVE_HOURS: Final = "us"
"""Names the variant of each language that has a clock of 12 hours."""


class StaffLanguageMiddleware:
    """Every page is in the language of whoever is signed in, else the browser's, unless its view is `without_user`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with translation.override(browser_language(request)):
            response = self.get_response(request)
            language = translation.get_language() or settings.LANGUAGE_CODE
        if getattr(request, "asks_user", True):
            response.headers["Content-Language"] = language
            patch_vary_headers(response, ["Accept-Language"])
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., HttpResponse], *arguments: Any) -> None:
        if getattr(view, "asks_user", True):
            translation.activate(page_language(request))
        else:
            request.asks_user = False  # type: ignore[attr-defined] # its answer has no words or names their language


def without_user(view: Callable[Arguments, Answer]) -> Callable[Arguments, Answer]:
    """Let a view answer without asking who is signed in: it needs neither cookies nor, for that, the database."""
    view.asks_user = False  # type: ignore[attr-defined] # for the middleware
    return view


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page for an address that does not exist, whichever view said so."""
    request.asks_user = True  # type: ignore[attr-defined]
    translation.activate(page_language(request))
    return page_not_found(request, exception)


def page_language(request: HttpRequest) -> str:
    """The language of a page for staff, with the clock of whoever reads it."""
    user = request.user
    if not isinstance(user, User):
        return browser_language(request)
    language = _spoken(user.language) or browser_language(request)
    if user.clock == User.Clock.LOCALE and _has_twelve_hours(request, language):
        return f"{language}-{TWELVE_HOURS}"
    return _with_clock(language, user)


def mail_language(user: User) -> str:
    """The language of what is mailed to somebody who works here, with their clock."""
    wanted = (user.language, Practice.current().language)
    return _with_clock(next(filter(None, map(_spoken, wanted)), settings.LANGUAGE_CODE), user)


def browser_language(request: HttpRequest) -> str:
    """The first language of the browser that we speak, else that of the settings."""
    return next(filter(None, map(_spoken, _accepted(request))), settings.LANGUAGE_CODE)


def in_client_language(view: View[Arguments]) -> View[Arguments]:
    """Let a view for clients answer in the language of the client."""

    @wraps(view)
    def answer(request: HttpRequest, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> HttpResponse:
        language = client_language(request)
        with translation.override(language):
            response = view(request, *args, **kwargs)
        response.headers["Content-Language"] = language
        patch_vary_headers(response, ["Accept-Language"])
        return response

    return without_user(answer)


def client_language(request: HttpRequest) -> str:
    """The language that a client asked for by `lang`, else their browser's, else the practice's; one that we speak."""
    asked = [
        *request.POST.getlist("lang"),  # the button with a language comes before the form with the present one
        request.GET.get("lang", ""),
        *_accepted(request),
        practice_of(request).language,
    ]
    return next(filter(None, map(_spoken, asked)), settings.LANGUAGE_CODE)


def practice_of(request: HttpRequest) -> Practice:
    """The practice, read once for each request for a page for clients."""
    practice: Practice | None = getattr(request, "practice", None)
    if practice is None:
        practice = request.practice = Practice.current()  # type: ignore[attr-defined] # kept for who asks next
    return practice


def first_weekday(request: HttpRequest) -> int:
    """The first day of the reader's week: 0 Sunday, 1 Monday, 6 Saturday. Without a region, that of the language."""
    locale = _regional(request, translation.get_language() or "")
    return int(get_format("FIRST_DAY_OF_WEEK")) if locale is None else (locale.first_week_day + 1) % 7


def _accepted(request: HttpRequest) -> list[str]:
    """The languages of the browser, the best first."""
    return [language for language, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", ""))]


def _spoken(language: str) -> str:
    """The language of Kalends that serves this one (`de` for `de-at`), "" if there is none."""
    try:
        return translation.get_supported_language_variant(language)
    except LookupError:
        return ""


def _with_clock(language: str, user: User) -> str:
    return f"{language}-{TWELVE_HOURS}" if user.clock == User.Clock.TWELVE_HOURS else language


def _has_twelve_hours(request: HttpRequest, language: str) -> bool:
    """Does the clock have 12 hours, AM and PM, where the reader's browser says that this language is read?"""
    locale = _regional(request, language)
    return locale is not None and "a" in locale.time_formats["short"].pattern


def _regional(request: HttpRequest, language: str) -> Locale | None:
    """The first locale of the browser with this language that names a region."""
    for tag in _accepted(request):
        if tag.partition("-")[0] == language.partition("-")[0] and (locale := _locale(tag)) and locale.territory:
            return locale
    return None


def _locale(tag: str) -> Locale | None:
    try:
        return Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return None

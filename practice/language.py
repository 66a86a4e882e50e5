"""In which language a page is written: English for staff, the client's own for clients.

The pages of staff are not translated, so nothing on them is; otherwise Django's own sentences and the names of months
would follow the browser.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from practice.models import Practice, User

Arguments = ParamSpec("Arguments")
View = Callable[Concatenate[HttpRequest, Arguments], HttpResponse]

TWELVE_HOURS: Final = "us"
"""Names the variant of each language that has a clock of 12 hours."""


class StaffLanguageMiddleware:
    """Every page is in the language of staff unless its view chooses another (`in_client_language`)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with translation.override(settings.LANGUAGE_CODE):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", settings.LANGUAGE_CODE)
        return response


def mail_language(user: User) -> str:
    """The language of what is mailed to somebody who works here, with their clock."""
    wanted = (user.language, Practice.current().language)
    return _with_clock(next(filter(None, map(_spoken, wanted)), settings.LANGUAGE_CODE), user)


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

    return answer


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

"""What every page for clients starts with: the time, the practice, the language; and how pages are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language, get_language_info
from django.views.decorators.csrf import csrf_exempt

from practice.language import in_client_language
from practice.models import Practice

P = ParamSpec("P")
KEPT = ("staff", "zone", "lang")
"""What stays in the addresses of the following pages."""


class PublicRequest(HttpRequest):
    """A request of somebody unknown: `now` is the time of the request."""

    now: datetime
    practice: Practice


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """The same page in another language."""

    code: str
    name: str
    query: str


Page = Callable[Concatenate[PublicRequest, P], HttpResponse]
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def public_page(view: Page[P]) -> View[P]:
    """Decorate a view for clients: no session, no cookie, and so no token that Django compares with a cookie."""

    @csrf_exempt
    @in_client_language
    @wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        public = cast(PublicRequest, request)
        public.now, public.practice = timezone.now(), Practice.current()
        return view(public, *args, **kwargs)

    return wrapped


def private(response: HttpResponse) -> HttpResponse:
    """For pages with a secret in their address: nobody keeps or lists them, and no other site learns the address.

    With `no-referrer` browsers would send `Origin: null` along with the form.
    """
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "strict-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def show(request: PublicRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """The page. It is rendered without the request, whose context processors would read the session."""
    common = {
        "practice": request.practice,
        "now": request.now,
        "language": get_language(),
        "language_links": _language_links(request),
        "query": kept_query(request),
        "kept": {name: request.GET[name] for name in KEPT if name in request.GET},
    }
    return HttpResponse(render_to_string(template, common | context), status=status)


def message(request: PublicRequest, title: str, sentence: str, *, status: int) -> HttpResponse:
    """A page that only says something, with the phone number of the practice."""
    return show(request, "public/message.html", {"title": title, "sentence": sentence}, status=status)


def kept_query(request: HttpRequest, **changed: str | None) -> str:
    """The query of a link to another step: what was chosen stays, with changes; None takes something out."""
    chosen = {name: value for name in KEPT if (value := asked(request, name))} | changed
    query = urlencode({name: value for name, value in chosen.items() if value})
    return f"?{query}" if query else ""


def asked(request: HttpRequest, name: str) -> str:
    """What a form or an address says."""
    return request.POST.get(name, "") or request.GET.get(name, "")


def _language_links(request: HttpRequest) -> list[LanguageLink]:
    return [
        LanguageLink(code, get_language_info(code)["name_local"].capitalize(), _with(request.GET, lang=code))
        for code, _name in settings.LANGUAGES
        if code != get_language()
    ]


def _with(query: QueryDict, **changed: str) -> str:
    copy = query.copy()
    for name, value in changed.items():
        copy[name] = value
    return f"?{copy.urlencode()}"

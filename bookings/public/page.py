"""What every page for clients starts with: the time, the practice, the language; and how pages are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from bookings.public.post_limit import seconds_to_wait
from practice.language import in_client_language, practice_of
from practice.models import Practice

P = ParamSpec("P")
MAX_ASKED = 100
PREFILL = "prefill"
"""In the query: the token of what the form is to be filled in with."""
MAX_TOKEN = 2000
"""Characters: servers and mail programs cut off longer addresses."""
MINUTES = "minutes"
"""In the query: how long the service is to take, where it has several durations."""
KEPT = ("staff", MINUTES, "zone", "lang", PREFILL)
"""What stays in the addresses of the following pages."""
LANGUAGE_CHOSEN = "language"
"""In the query of a form that is only to be shown again, in the language that its button names."""


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
    """Decorate a view for clients: no session, no cookie, and so no token that Django compares with a cookie.

    Whoever sends very many forms must wait between them.
    """

    @csrf_exempt
    @in_client_language
    @wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        public = cast(PublicRequest, request)
        public.now, public.practice = timezone.now(), practice_of(request)
        if request.method == "POST" and (seconds := seconds_to_wait(request, public.now)):
            return _too_many(public, seconds)
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
        "language_query": _language_query(request),
        "kept": {name: request.GET[name] for name in KEPT if name in request.GET},
    }
    return HttpResponse(render_to_string(template, common | context), status=status)


def message(request: PublicRequest, title: str, sentence: str, *, status: int) -> HttpResponse:
    """A page that only says something, with the phone number of the practice."""
    return show(request, "public/message.html", {"title": title, "sentence": sentence}, status=status)


def to_client_page(request: HttpRequest, token: str) -> HttpResponse:
    """Where every form of a client leads who has an appointment, in the language that was chosen."""
    return HttpResponseRedirect(f"{reverse('public:client', args=[token])}{_language_query(request)}", status=303)


def kept_query(request: HttpRequest, **changed: str | None) -> str:
    """The query of a link to another step: what was chosen stays, with changes; None takes something out."""
    chosen = {name: value for name in KEPT if (value := asked(request, name))} | changed
    query = urlencode({name: value for name, value in chosen.items() if value})
    return f"?{query}" if query else ""


def _language_query(request: HttpRequest) -> str:
    """The query of a link to a page that keeps nothing but the language."""
    return kept_query(request, staff=None, zone=None, **{MINUTES: None, PREFILL: None})


def asked(request: HttpRequest, name: str) -> str:
    """What a form or an address says; nothing that is asked for is long, but a token."""
    posted = next(filter(None, request.POST.getlist(name)), "")  # a button on top of the page comes before its form
    return (posted or request.GET.get(name, ""))[: MAX_TOKEN if name == PREFILL else MAX_ASKED]


def is_language_chosen(request: HttpRequest) -> bool:
    """Is the form that was sent only to be shown again in another language, with everything that was typed?"""
    return request.method == "POST" and LANGUAGE_CHOSEN in request.GET


def with_language_chosen(address: str) -> str:
    """Where the buttons with the languages send the form that `address` shows."""
    return f"{address}?{LANGUAGE_CHOSEN}=chosen"


def _too_many(request: PublicRequest, seconds: int) -> HttpResponse:
    """Nothing that was typed is lost: the browser goes back to the form."""
    sentence = _("Too many forms come from your connection. Please go back and try again in a minute, or call us.")
    response = private(message(request, _("Please try again later"), sentence, status=429))
    response.headers["Retry-After"] = str(seconds)
    return response


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

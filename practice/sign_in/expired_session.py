"""Answers to requests whose session has ended: people sign in again and lose nothing that they typed.

A page leads to sign-in and comes back. A form that htmx sent stays on the page beside a sentence; one that the browser
sent comes back as a page that can send it again. Passwords are never sent back.
"""

from __future__ import annotations

from typing import cast
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure as default_csrf_failure
from django.views.decorators.cache import never_cache
from django_htmx.http import (
    HttpResponseClientRedirect,
    HttpResponseClientRefresh,
    reselect,
    reswap,
    retarget,
)
from django_htmx.middleware import HtmxDetails

UNSAVED_HEADER = "Kalends-Unsaved"
"""Sent by static/app.js with requests from pages on which something was typed and not saved."""


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """The answer to a request of somebody who is not signed in."""
    htmx = htmx_of(request)
    if htmx and (request.method == "POST" or UNSAVED_HEADER in request.headers):
        return _notice(request)
    if htmx:
        return _whole_page_to_sign_in(request)
    if request.method == "POST":
        return _send_again(request, _("You were signed out. Sign in in a new tab, then press Save again."), status=401)
    return redirect_to_login(request.get_full_path())


@never_cache
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The answer to a form without a valid token.

    Signing in makes the tokens of all open pages invalid. A form that certainly came from one of our own pages can
    therefore be sent again; only a browser can say so, by the header Origin, which no other site can forge.
    """
    if request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}" and _is_signed_in(request):
        sentence = _("You signed in or out in another tab, so nothing was saved yet. Press Save again.")
        return _send_again(request, sentence, status=403)
    return default_csrf_failure(request, reason)


def htmx_of(request: HttpRequest) -> HtmxDetails:
    """What htmx says of the request; false if it did not send it."""
    return cast(HtmxDetails, request.htmx)  # type: ignore[attr-defined] # set by its middleware


def _is_signed_in(request: HttpRequest) -> bool:
    # The CSRF middleware answers before the one that knows the user.
    return SESSION_KEY in request.session


def _notice(request: HttpRequest) -> HttpResponse:
    """A sentence for the messages of the page; the rest of it stays as it is."""
    response = render(request, "registration/_signed_out.html", {"sign_in": _sign_in(_page_address(request))})
    return reselect(reswap(retarget(response, "#messages"), "innerHTML"), "#signed-out")


def _whole_page_to_sign_in(request: HttpRequest) -> HttpResponse:
    address = _page_address(request)
    return HttpResponseClientRedirect(_sign_in(address)) if address else HttpResponseClientRefresh()


def _send_again(request: HttpRequest, sentence: str, *, status: int) -> HttpResponse:
    """A page with the form as it was typed, hidden, and a button that sends it again."""
    context = {
        "sentence": sentence,
        "sign_in": "" if status == 403 else _sign_in(_page_address(request)),
        "action": request.get_full_path(),
        "fields": [(name, value) for name in _repeatable(request) for value in request.POST.getlist(name)],
    }
    return render(request, "registration/send_again.html", context, status=status)


def _repeatable(request: HttpRequest) -> list[str]:
    """The names of the fields that may be sent back to the browser: no password and no token."""
    secret = getattr(request, "sensitive_post_parameters", ())
    if secret == "__ALL__":  # noqa: S105 - Django's word for all parameters
        return []
    hidden = {"csrfmiddlewaretoken", *secret}
    return [name for name in request.POST if name not in hidden and "password" not in name.lower()]


def _sign_in(next_address: str) -> str:
    query = f"?{urlencode({'next': next_address})}" if next_address else ""
    return f"{resolve_url(settings.LOGIN_URL)}{query}"


def _page_address(request: HttpRequest) -> str:
    """Path and query of the page that the request came from; empty if that was no page of this site."""
    address = htmx_of(request).current_url or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(address, {request.get_host()}):
        return ""
    parts = urlsplit(address)
    path = urlunsplit(("", "", parts.path, parts.query, ""))
    return path if url_has_allowed_host_and_scheme(path, None) else ""

"""What public pages and e-mails load: the logo of the practice, and its colour as a style sheet."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from practice.language import without_user
from practice.models import Logo

YEAR = 365 * 24 * 60 * 60
_for_ever = cache_control(max_age=YEAR, public=True, immutable=True)


def _etag(request: HttpRequest, *args: str, **names: str) -> str:
    return f'"{"".join([*args, *names.values()])}"'


@without_user
@require_safe
def logo(request: HttpRequest, digest: str) -> HttpResponse:
    """The logo. Its address changes with it; an address of an older one, as in an e-mail, leads to the new one."""
    known = get_object_or_404(Logo.objects.defer("content"))
    if known.digest != digest:
        return HttpResponseRedirect(Logo.address(known.digest))
    return _logo_file(request, digest)


@_for_ever
@condition(etag_func=_etag)
def _logo_file(request: HttpRequest, digest: str) -> HttpResponse:
    stored = get_object_or_404(Logo, digest=digest)
    response = HttpResponse(bytes(stored.content), content_type=stored.content_type)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@without_user
@require_safe
@_for_ever
@condition(etag_func=_etag)
def colour(request: HttpRequest, digits: str) -> HttpResponse:
    """A style sheet that gives the colour a name; a file of its own, because the policy allows no inline style."""
    return HttpResponse(f":root {{ --brand: #{digits}; }}\n", content_type="text/css")

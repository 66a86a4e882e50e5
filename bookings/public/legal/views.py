"""Imprint, privacy notice and the statement on accessibility."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bookings.public.open import not_found
from bookings.public.page import PublicRequest, public_page, show


@require_safe
@public_page
def imprint(request: PublicRequest) -> HttpResponse:
    return _text(request, _("Imprint"), request.practice.imprint)


@require_safe
@public_page
def privacy(request: PublicRequest) -> HttpResponse:
    return _text(request, _("Privacy"), request.practice.privacy_notice)


@require_safe
@public_page
def accessibility(request: PublicRequest) -> HttpResponse:
    return show(request, "public/legal/accessibility.html", {})


def _text(request: PublicRequest, title: str, text: str) -> HttpResponse:
    if not text.strip():
        return not_found(request)
    return show(request, "public/legal/text.html", {"title": title, "text": text})

"""What lets Kalends stand on the home screen of a phone: the manifest, and a page for when there is no connection.

The service worker keeps that page and its files, nothing else: pages with personal data are never stored on a device.
"""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from practice.language import without_user
from practice.models import Practice

ICONS: Final = (
    ("home-screen/icon-192.png", 192, "any"),
    ("home-screen/icon-512.png", 512, "any"),
    ("home-screen/maskable-512.png", 512, "maskable"),
)
"""File, width and height in pixels, purpose. A maskable icon may be cut to a circle, and has a wide border for it."""

OFFLINE_FILES: Final = ("app.css", "frame.css", "components.css", "favicon.svg", "home-screen/offline.js")
"""What the offline page loads."""


@without_user
@require_safe
@cache_control(max_age=3600, public=True)
def manifest(request: HttpRequest) -> JsonResponse:
    """What a phone is told about the app: the practice's name, the icons, and where it begins."""
    name = Practice.current().name or "Kalends"
    described = {
        "id": "/",
        "name": name,
        "short_name": name,
        "start_url": reverse("home"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#f5f5f2",
        "theme_color": "#ffffff",
        "icons": [_icon(*icon) for icon in ICONS],
    }
    return JsonResponse(described, content_type="application/manifest+json")


def _icon(file: str, pixels: int, purpose: str) -> dict[str, Any]:
    return {"src": static(file), "sizes": f"{pixels}x{pixels}", "type": "image/png", "purpose": purpose}


@without_user
@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script that answers with the offline page while Kalends cannot be reached.

    It names its files, so an upgrade that changes one of them changes the script, and browsers store the new files.
    """
    files = [reverse("practice:offline"), *map(static, OFFLINE_FILES)]
    script = render_to_string("practice/home_screen/service_worker.js", {"files": files})
    return HttpResponse(script, content_type="text/javascript")


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """The page that says that there is no connection; nothing on it depends on who reads it except the language."""
    return render(request, "practice/home_screen/offline.html")

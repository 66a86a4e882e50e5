"""Pages from templates, with Django's template engine, which escapes all values and needs no settings here."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from django.template import Context, Engine
from werkzeug import Response

HERE = Path(__file__).parent
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
# Only the demo on this machine may show these pages in a frame.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self' http://127.0.0.1:* http://localhost:*"
)


@cache
def _engine() -> Engine:
    return Engine(dirs=[str(HERE / "html")], autoescape=True)


def page(template: str, status: int = 200, **context: Any) -> Response:
    """A page; the values of the context must be texts, numbers or plain objects with such attributes."""
    # Without settings there is neither a locale nor a time zone: numbers and times are passed as text.
    text = _engine().get_template(template).render(Context(context, use_l10n=False, use_tz=False))
    headers = {"Content-Security-Policy": POLICY, "Referrer-Policy": "same-origin", "Cache-Control": "no-store"}
    return Response(text, status, headers, content_type="text/html; charset=utf-8")


def static(name: str) -> Response:
    """A file of `static/`; 404 for any other name."""
    file = HERE / "static" / name
    if file.parent != HERE / "static" or not file.is_file():
        return Response(status=404)
    return Response(file.read_bytes(), content_type=_TYPES.get(file.suffix, "application/octet-stream"))


def see(location: str) -> Response:
    """Redirect to a page after a form was received (303)."""
    return Response(status=303, headers={"Location": location})

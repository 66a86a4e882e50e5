"""The answers that iCloud gives, and an exception that ends a request with one of them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import uuid4

from werkzeug import Response

from sandbox.server.dav import xml
from sandbox.server.switches import Switches

_HTML = "<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
_TITLES = {400: "Bad Request", 500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable"}
REALM = 'realm="MMCalDav"'


class Refusal(Exception):
    """Ends the request with this answer."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


def empty(status: int, **headers: str) -> Response:
    """A status and nothing else; `If_Match="x"` becomes the header `If-Match: x`."""
    return Response(status=status, headers={key.replace("_", "-"): value for key, value in headers.items()})


def error_page(status: int) -> Response:
    """A small page of HTML, as the front-end server writes it."""
    title = f"{status} {_TITLES.get(status, 'Error')}"
    return Response(_HTML.format(title=title), status=status, content_type="text/html;charset=UTF-8")


def multistatus(responses: Iterable[str], switches: Switches, *, token: str = "") -> Response:
    """A 207 Multi-Status."""
    return Response(xml.multistatus_body(responses, token=token), status=207, content_type=switches.content_type)


def precondition_failed(status: int, *preconditions: str, **headers: str) -> Response:
    """A status with a DAV:error body that names the violated preconditions, each a Clark name."""
    response = empty(status, **headers)
    response.data = xml.error(*(xml.element(name) for name in preconditions))
    response.content_type = "text/xml;charset=UTF-8"
    return response


def unauthorized(switches: Switches) -> Response:
    """401 without a body, with two challenges, one of which no library knows."""
    response = empty(401)
    challenges = [f"X-MobileMe-AuthToken {REALM}", f"Basic {REALM}"]
    if switches.joined_challenges:
        challenges = [", ".join(challenges)]
    for challenge in challenges:
        response.headers.add("WWW-Authenticate", challenge)
    return response


def add_common_headers(response: Response, *, pod: int) -> Response:
    """Add the headers that every answer of iCloud has."""
    headers = response.headers
    headers.setdefault("Server", "AppleHttpServer/2f080fc0")
    headers.setdefault("X-Responding-Instance", f"caldavj:{pod}0301:caldavj-prod:8501:25B:sandbox")
    headers.setdefault("X-Apple-User-Partition", str(pod))
    headers.setdefault("X-Apple-Request-UUID", str(uuid4()).upper())
    headers.setdefault("Via", "xrail:sandbox.icloud-xrail.apple.com:8301:25R10:grp21")
    return response

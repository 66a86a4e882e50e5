"""The answers that the server gives, and an exception that ends a request with one of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import uuid4

from werkzeug import Response

from sandbox.server.dav import xml
from sandbox.server.flavours import Flavour
from sandbox.server.switches import Switches

_HTML = "<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
_TITLES = {400: "Bad Request", 500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable"}
_SABRE_EXCEPTIONS = {
    400: "BadRequest",
    401: "NotAuthenticated",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    409: "Conflict",
    412: "PreconditionFailed",
    415: "ReportNotSupported",
    503: "ServiceUnavailable",
}


class Refusal(Exception):
    """Ends the request with this answer."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


def empty(status: int, **headers: str) -> Response:
    """A status and nothing else; `If_Match="x"` becomes the header `If-Match: x`."""
    return Response(status=status, headers={key.replace("_", "-"): value for key, value in headers.items()})


def message(status: int, words: str) -> Response:
    """A status with a sentence as plain text."""
    return Response(words, status=status, content_type="text/plain; charset=utf-8")


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


def unauthorized(switches: Switches, challenges: Sequence[str]) -> Response:
    """401 without a body. iCloud sends two challenges, one of which no library knows."""
    response = empty(401)
    for challenge in [", ".join(challenges)] if switches.joined_challenges else challenges:
        response.headers.add("WWW-Authenticate", challenge)
    return response


def finish_answer(response: Response, flavour: Flavour, *, pod: int) -> Response:
    """Give an answer what every answer of the server has: its headers, and the body of its errors."""
    if flavour.headers is None:
        return _add_apple_headers(response, pod=pod)
    for name, value in flavour.headers.items():
        response.headers.setdefault(name, value)
    return _as_sabre_error(response) if flavour.sabre_errors and response.status_code >= 400 else response


def _as_sabre_error(response: Response) -> Response:
    """The error with the body of sabre/dav, which also names the preconditions (lib/DAV/Server.php, start)."""
    title = _SABRE_EXCEPTIONS.get(response.status_code, "Exception")
    words = response.get_data(as_text=True) if response.mimetype == "text/plain" else title
    preconditions = xml.preconditions_in(response.get_data())
    response.data = xml.sabre_error(f"Sabre\\DAV\\Exception\\{title}", words, preconditions)
    response.content_type = "application/xml; charset=utf-8"
    return response


def _add_apple_headers(response: Response, *, pod: int) -> Response:
    """Add the headers that every answer of iCloud has."""
    headers = response.headers
    headers.setdefault("Server", "AppleHttpServer/2f080fc0")
    headers.setdefault("X-Responding-Instance", f"caldavj:{pod}0301:caldavj-prod:8501:25B:sandbox")
    headers.setdefault("X-Apple-User-Partition", str(pod))
    headers.setdefault("X-Apple-Request-UUID", str(uuid4()).upper())
    headers.setdefault("Via", "xrail:sandbox.icloud-xrail.apple.com:8301:25R10:grp21")
    return response

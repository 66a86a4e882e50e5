"""Around every request: its id, how long it took, and a log line."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from practice.telemetry.log_context import about_request
from practice.telemetry.measurements import HTTP

HEADER = "X-Request-ID"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NO_VIEW = "none"  # static files, and what no address matched
_SANE = re.compile(r"[A-Fa-f0-9-]{16,64}")

logger = logging.getLogger("kalends.request")


class RequestLogMiddleware:
    """Names each request, measures it by view, and logs it without its address.

    The id is that of `X-Request-ID` where that looks like one: hexadecimal digits and hyphens, as proxies make them,
    and at least one of 0 to 9, so that no client gets a name into logs. Otherwise one is made. The answer has it too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id, began = request_id_of(request), time.monotonic()
        request.request_id = request_id  # type: ignore[attr-defined] # for lines that Django logs afterwards
        with about_request(request_id):
            response = self.get_response(request)
            _note(request, response, time.monotonic() - began)
        response.headers[HEADER] = request_id
        return response


def request_id_of(request: HttpRequest) -> str:
    """The id that a proxy gave the request, or a new one."""
    given = request.headers.get(HEADER, "")
    is_sane = _SANE.fullmatch(given) and any(map(str.isdigit, given))
    return given if is_sane else uuid.uuid4().hex


def _note(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    match = request.resolver_match
    view = match.view_name if match else NO_VIEW
    method = request.method if request.method in METHODS else "other"
    HTTP.observe(seconds, view, str(method), f"{response.status_code // 100}xx")
    fields = {"view": view, "method": method, "status": response.status_code, "duration": round(seconds, 4)}
    logger.info("request", extra=fields)

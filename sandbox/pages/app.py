"""The URLs of the pages and which function answers each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from werkzeug import Request, Response
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import Map, Rule

from sandbox.pages import control, feeds, passwords, phone, render
from sandbox.server.server import Sandbox
from sandbox.server.store.accounts import Account

_ACCOUNT_PAGES: dict[str, Callable[[Account, Request], Response]] = {
    "phone.week": phone.week,
    "phone.fragment": phone.fragment,
    "phone.new": phone.new,
    "phone.ill": phone.ill,
    "phone.event": phone.event,
    "phone.edit": phone.edit,
    "passwords.show": passwords.show,
    "passwords.create": passwords.create,
    "passwords.revoke": passwords.revoke,
    "passwords.change_apple_password": passwords.change_apple_password,
}
_URLS = Map(
    [
        Rule("/", endpoint="index", methods=["GET"]),
        Rule("/static/<name>", endpoint="static", methods=["GET"]),
        Rule("/published/<name>", endpoint="feed", methods=["GET"]),
        Rule("/control/", endpoint="control", methods=["GET"]),
        Rule("/control/<verb>", endpoint="control", methods=["GET", "POST"]),
        Rule("/iphone/<dsid>/", endpoint="phone.week", methods=["GET"]),
        Rule("/iphone/<dsid>/week/", endpoint="phone.fragment", methods=["GET"]),
        Rule("/iphone/<dsid>/new/", endpoint="phone.new", methods=["GET", "POST"]),
        Rule("/iphone/<dsid>/ill/", endpoint="phone.ill", methods=["POST"]),
        Rule("/iphone/<dsid>/event/", endpoint="phone.event", methods=["GET"]),
        Rule("/iphone/<dsid>/event/", endpoint="phone.edit", methods=["POST"]),
        Rule("/account/<dsid>/", endpoint="passwords.show", methods=["GET"]),
        Rule("/account/<dsid>/passwords/", endpoint="passwords.create", methods=["POST"]),
        Rule("/account/<dsid>/revoke/", endpoint="passwords.revoke", methods=["POST"]),
        Rule("/account/<dsid>/password/", endpoint="passwords.change_apple_password", methods=["POST"]),
    ]
)


class ApplePages:
    """The application with all pages: the phone, the page for passwords, published calendars, and the control."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def answer(self, request: Request, host: str) -> Response:
        """The page for a request."""
        try:
            endpoint, values = _URLS.bind_to_environ(request.environ).match()
            return self._page(endpoint, values, request)
        except HTTPException as error:
            response = error.get_response(request.environ)
            return Response(response.get_data(), error.code, response.headers)

    def _page(self, endpoint: str, values: Mapping[str, Any], request: Request) -> Response:
        if endpoint == "index":
            return render.page("index.html", accounts=self.sandbox.accounts, sandbox=self.sandbox)
        if endpoint == "static":
            return render.static(values["name"])
        if endpoint == "feed":
            return feeds.show(self.sandbox, values["name"], request)
        if endpoint == "control":
            return control.answer(self.sandbox, values.get("verb", ""), request)
        account = self.sandbox.store.accounts.get(values["dsid"])
        if account is None:
            raise NotFound("There is no such account.")
        return _ACCOUNT_PAGES[endpoint](account, request)


def serve_pages(sandbox: Sandbox, port: int = 0) -> str:
    """Serve Apple's pages: the iPhone, the app-specific passwords and the control; returns their URL."""
    return sandbox.serve_beside(ApplePages(sandbox).answer, port)

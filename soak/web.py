"""A minimal browser: cookies, the CSRF token, forms, and the values that a page offers."""

from __future__ import annotations

import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from http.cookiejar import CookieJar

TIMEOUT = 40  # seconds


class NoAnswer(Exception):
    """The connection broke, so that it is unknown whether the request had an effect."""


@dataclass(frozen=True, slots=True)
class Page:
    """An answer. `path`: the path after redirects."""

    status: int
    path: str
    text: str

    def values(self, name: str) -> list[str]:
        """The values of all fields of that name."""
        return re.findall(rf'name="{name}"\s+value="([^"]+)"', self.text)


class Browser:
    """The browser of one person; not safe for several threads."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._cookies = CookieJar()
        handlers = (urllib.request.HTTPCookieProcessor(self._cookies), urllib.request.ProxyHandler({}))
        self._opener = urllib.request.build_opener(*handlers)

    def get(self, path: str) -> Page:
        """Open a page. Raises NoAnswer."""
        return self._open(urllib.request.Request(self._address + path))  # noqa: S310 - on loopback

    def post(self, path: str, **fields: str) -> Page:
        """Send a form. Raises NoAnswer."""
        data = urllib.parse.urlencode({"csrfmiddlewaretoken": self._token(), **fields}).encode()
        headers = {"Referer": self._address + path}
        return self._open(urllib.request.Request(self._address + path, data, headers))  # noqa: S310 - on loopback

    def sign_in(self, username: str, password: str) -> bool:
        """Sign in; returns whether it succeeded. Raises NoAnswer."""
        self.get("/accounts/login/")
        return "/login/" not in self.post("/accounts/login/", username=username, password=password).path

    def _token(self) -> str:
        return next((cookie.value or "" for cookie in self._cookies if cookie.name == "csrftoken"), "")

    def _open(self, request: urllib.request.Request) -> Page:
        try:
            with self._opener.open(request, timeout=TIMEOUT) as answer:
                return Page(answer.status, urllib.parse.urlsplit(answer.url).path, answer.read().decode())
        except urllib.error.HTTPError as error:
            return Page(error.code, urllib.parse.urlsplit(request.full_url).path, error.read().decode(errors="replace"))
        except (OSError, HTTPException) as error:
            raise NoAnswer(str(error)) from error

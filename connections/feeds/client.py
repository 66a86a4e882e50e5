"""Asks for a feed: one GET, conditional if an answer is known, over the kept connections of `connections.dav`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from connections.dav.client import MAX_REDIRECTS, REDIRECTS, Answer, raise_for_status
from connections.dav.errors import Downgraded, ForeignHost, NoPassword, NotCalDav, Unavailable, Unencrypted
from connections.dav.kept import KeptClient
from connections.dav.urls import Credentials, host_of, is_encrypted, origin_of

# 303 too: a GET stays one, whatever the redirect (RFC 9110 15.4.4).
_REDIRECTS = REDIRECTS | {303}
_ACCEPT = {"Accept": "text/calendar, */*;q=0.5"}
_KEPT = "%/:@!$&'()*+,;=~"
MAX_VALIDATOR_LENGTH = 500


class FeedClient(KeptClient):
    """A client for one feed. The address is the secret: errors have no path, and no password is sent."""

    def __init__(self, account: Credentials, *, timeout: float, deadline: float | None) -> None:
        super().__init__(account, timeout=timeout, deadline=deadline)
        self._address = account.url
        self.origin = self.entry

    def get(self, validators: Mapping[str, str]) -> Answer:
        """The answer to a GET: 2xx, or 304 if `validators` has an "etag" or "modified" that still holds.

        A redirect is followed to the same host, with or without "www.". Raises ForeignHost for another host, Downgraded
        and Unencrypted for one that would be asked without encryption, all before anything is sent to it, what the
        status means (`errors`), and NoPassword if there is no address: the stored one cannot be decrypted.
        """
        if not self._address:
            raise NoPassword("there is no address to ask")
        headers = _ACCEPT | conditions(validators)
        url = _ascii(self._address)
        for hop in range(MAX_REDIRECTS + 1):
            self._refuse_foreign(url, "", is_redirect=hop > 0)
            answer = self._counted("GET", partial(self._exchange, "GET", url, "", b"", headers))
            self.status, self.origin = answer.status, origin_of(url)
            if answer.status not in _REDIRECTS:
                return _accepted(answer, conditional=len(headers) > len(_ACCEPT))
            url = self._next_hop(url, answer)
        raise Unavailable("too many redirects")

    def _refuse_foreign(self, url: str, path: str, *, is_redirect: bool) -> None:
        origin, host = origin_of(url), host_of(url)
        if origin and not is_encrypted(origin):
            raise (Downgraded if is_redirect else Unencrypted)(host, path=path)
        if not origin or _plain_host(host) != _plain_host(host_of(self.entry)):
            raise ForeignHost(host, path=path)

    def _next_hop(self, url: str, answer: Answer) -> str:
        location = answer.headers.get("location", "").strip()
        try:
            target = _ascii(urljoin(url, location))
        except ValueError:
            target = ""
        if not location or not target:
            raise NotCalDav("a redirect without a target", status=answer.status)
        if not origin_of(target):
            raise NotCalDav("a redirect to what is no web address", status=answer.status)
        return target


def conditions(validators: Mapping[str, str]) -> dict[str, str]:
    """The headers that make a request conditional (RFC 9110 13.1). A value that no header may have is left out."""
    named = {"If-None-Match": validators.get("etag", ""), "If-Modified-Since": validators.get("modified", "")}
    return {name: value for name, value in named.items() if _is_usable(value)}


def validators_of(answer: Answer) -> dict[str, str]:
    """The validators in an answer, as far as they can be sent again."""
    named = {"etag": answer.headers.get("etag", ""), "modified": answer.headers.get("last-modified", "")}
    return {name: value for name, value in named.items() if _is_usable(value)}


def _is_usable(value: str) -> bool:
    return 0 < len(value) <= MAX_VALIDATOR_LENGTH and value.isascii() and value.isprintable()


def _accepted(answer: Answer, *, conditional: bool) -> Answer:
    if answer.status == 304:
        if not conditional:
            raise NotCalDav("304 in answer to a request without conditions", status=304)
        return answer
    raise_for_status(answer, "GET")
    return answer


def _plain_host(host: str) -> str:
    return host.lower().removeprefix("www.")


def _ascii(url: str) -> str:
    """A URL as it can be sent: without its fragment, and the rest escaped where it must be."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, quote(parts.path or "/", safe=_KEPT), parts.query, ""))

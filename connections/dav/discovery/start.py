"""The order in which the start of an account is looked for, and to which hosts that may lead."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from connections.dav import requests
from connections.dav.addresses import LOOPBACK, check_host, host_name
from connections.dav.client import MAX_REDIRECTS, Answer, Client
from connections.dav.discovery.service_records import ServiceRecord, service_records
from connections.dav.discovery.typed import TypedServer, is_below, read_typed
from connections.dav.errors import Downgraded, LeadsElsewhere, NotCalDav, NotFound, Unavailable
from connections.dav.urls import Credentials, host_of, is_encrypted, origin_of, path_of, resolved

WELL_KNOWN = "/.well-known/caldav"
TIMEOUT = 8.0  # seconds of each connect and each read
REDIRECTS = {301, 302, 303, 307, 308}
ASKS_FOR_PASSWORD, LETS_IN = 401, 207
XML = {"Content-Type": "application/xml; charset=utf-8", "Depth": "0"}


def discover_start(typed: str, *, deadline: float, private_hosts: frozenset[str] = LOOPBACK) -> str:
    """The URL at which a `Session` begins, from a host, a URL or an e-mail address that a person typed.

    Looked for in the order of RFC 6764 6: a path that was typed; the SRV record `_caldavs._tcp` of the domain with the
    path of its TXT record; `/.well-known/caldav`; the root. A URL or host at which nothing of that is found comes back
    as it was typed, and the session will say what is wrong there. `deadline` is a ``time.monotonic()`` instant for
    everything together. `private_hosts` as in `Credentials`.

    Raises UserInfo for a URL with a user name in it, Unencrypted for http beyond this machine, AppleAddress for an
    e-mail address at Apple, RefusedAddress, LeadsElsewhere for a host that may not have the password, Downgraded for a
    redirect to http, NotFound if the domain of an e-mail address has no calendars, Unavailable if the typed host does
    not answer, and NotCalDav for what is no address at all.
    """
    server = read_typed(typed)
    if server.is_icloud:
        return server.url
    check_host(server.host, private_hosts)
    search = _Search(server, deadline, private_hosts)
    try:
        return search.found()
    finally:
        search.close()


class _Search:
    """Looks for the start of one server, by requests without a password."""

    def __init__(self, server: TypedServer, deadline: float, private_hosts: frozenset[str]) -> None:
        self._server = server
        self._deadline = deadline
        self._probe = _Probe(server.origin, deadline, private_hosts)

    def close(self) -> None:
        self._probe.close()

    def found(self) -> str:
        """The first candidate at which calendars answer, or what was typed."""
        server = self._server
        for candidate in self._candidates():
            if start := candidate():
                return start
        if server.is_domain:
            raise NotFound("the domain of the e-mail address has no calendar server")
        return server.url

    def _candidates(self) -> Iterator[Callable[[], str]]:
        server = self._server
        if server.path != "/":
            yield partial(self._at_typed, server.url)
        for record in self._records():
            yield partial(self._at_record, record)
        yield partial(self._followed, f"{server.origin}{WELL_KNOWN}")
        yield partial(self._at_typed, f"{server.origin}/")

    def _records(self) -> Iterable[ServiceRecord]:
        server = self._server
        if server.has_port or not server.origin.startswith("https://") or not _is_name(server.host):
            return []
        return service_records(server.host, self._deadline)

    def _at_typed(self, url: str) -> str:
        """As `_followed`; a page that leads to another host, as to sign in there, is no calendar server."""
        try:
            return self._followed(url)
        except (LeadsElsewhere, NotCalDav):
            return ""

    def _at_record(self, record: ServiceRecord) -> str:
        """A host that does not answer leaves it to the next one.

        Anybody who can forge an answer of the name server chooses the host, so one elsewhere is not asked unless the
        person enters it (RFC 6764 8).
        """
        if not self._is_known(record.host):
            raise LeadsElsewhere(f"{record.origin}{record.path}".removeprefix("https://"))
        try:
            start = self._followed(f"{record.origin}{record.path}") if record.path else ""
            return start or self._followed(f"{record.origin}{WELL_KNOWN}")
        except (Unavailable, NotCalDav):
            return ""

    def _followed(self, url: str) -> str:
        """The URL to which redirects lead from this one, if a password is asked for or calendars answer there.

        Many servers ask for a password whatever the path, so at the well-known one that says nothing.
        """
        for _ in range(MAX_REDIRECTS + 1):
            answer = self._probe.ask(url)
            if answer.status not in REDIRECTS:
                asks = answer.status == ASKS_FOR_PASSWORD and path_of(url) != WELL_KNOWN
                return _stored(url) if asks or answer.status == LETS_IN else ""
            url = resolved(url, answer.headers.get("location", ""))
            self._refuse(url)
        raise Unavailable("too many redirects")

    def _refuse(self, url: str) -> None:
        """Raise the error for a target that no password may be sent to."""
        origin = origin_of(url)
        if not origin:
            raise NotCalDav("a redirect without a target")
        if not is_encrypted(origin):
            raise Downgraded(host_of(origin))
        host = host_name(host_of(origin))
        if not self._is_known(host):
            raise LeadsElsewhere(host)

    def _is_known(self, host: str) -> bool:
        """Is the host the typed one, or above or below it?"""
        return is_below(host, self._server.host) or _is_parent(host, self._server.host)


class _Probe(Client):
    """Asks what answers at a URL, without a password and without following redirects."""

    def __init__(self, origin: str, deadline: float, private_hosts: frozenset[str]) -> None:
        account = Credentials(f"{origin}/", "", "", private_hosts=private_hosts)
        super().__init__(account, timeout=TIMEOUT, deadline=deadline)
        self.auth = None

    def ask(self, url: str) -> Answer:
        path = path_of(url)
        return self._counted("PROPFIND", partial(self._exchange, "PROPFIND", url, path, requests.PRINCIPAL, XML))


def _is_parent(host: str, below: str) -> bool:
    """Is `below` a name under the domain `host`, which is no top-level domain?"""
    return "." in host and is_below(below, host)


def _is_name(host: str) -> bool:
    return "." in host and not host.replace(".", "").isdecimal() and ":" not in host


def _stored(url: str) -> str:
    """The URL in the spelling in which it is stored: without a query and the port that belongs to the scheme."""
    return read_typed(url).url

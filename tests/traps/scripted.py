"""A CalDAV server as small as can be, whose every answer a test may bend.

One account with one calendar, `/1/cal/work/`. It keeps its own ETags and tokens, so it can do what neither iCloud nor
any server with manners would do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment
from xml.sax.saxutils import escape

from connections import accounts
from connections.models import Calendar, Connection
from connections.sync.report import SyncReport
from connections.sync.run import sync_connection
from tests.factories import NOW, UserFactory
from tests.servers import PASSWORD, USERNAME, Asked, Served, asked_of, multistatus, prop, reply

HOME, WORK = "/1/cal/", "/1/cal/work/"
CALENDAR = "<resourcetype><collection/><C:calendar/></resourcetype>"
MAY_WRITE = "<current-user-privilege-set><privilege><write-content/></privilege></current-user-privilege-set>"
REFUSED = b'<?xml version="1.0"?><error xmlns="DAV:"><valid-sync-token/></error>'

Answer = tuple[int, bytes]


def gone(name: str) -> str:
    """A member that was deleted."""
    return f"<href>{WORK}{name}</href><status>HTTP/1.1 404 Not Found</status>"


def token(text: str) -> str:
    return f"<sync-token>{text}</sync-token>"


@dataclass
class Server:
    """`members`: name -> (ETag, data). `token` is what the home and the reports give; `step` moves it on.

    `answers` are tried first: each gets the request and gives an answer, or None to leave it to the others.
    """

    members: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    history: list[tuple[int, str]] = field(default_factory=list)
    step: int = 1
    privileges: str = MAY_WRITE
    weak: bool = False  # its ETags are weak ones
    answers: list[Callable[[Asked], Answer | None]] = field(default_factory=list)
    requests: list[Asked] = field(default_factory=list)

    # --- what another device does -------------------------------------------------------------------------

    def put(self, name: str, data: bytes, etag: str) -> None:
        self.step += 1
        self.members[name] = (etag, data)
        self.history.append((self.step, name))

    def delete(self, name: str) -> None:
        self.step += 1
        del self.members[name]
        self.history.append((self.step, name))

    # --- what the server says -----------------------------------------------------------------------------

    def app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        asked = asked_of(environ)
        self.requests.append(asked)
        bent = (answer(asked) for answer in list(self.answers))
        status, body = next((one for one in bent if one is not None), None) or self.plain(asked)
        tag = self.members.get(asked.path.removeprefix(WORK), ("",))[0] if asked.method == "GET" else ""
        return reply(status, body, content_type="text/xml", **({"etag": tag} if tag else {}))(environ, start_response)

    def plain(self, asked: Asked) -> Answer:
        """The answer of a server with manners."""
        name = asked.path.removeprefix(WORK)
        if asked.method in ("GET", "PUT", "DELETE"):
            return self.resource(asked, name)
        if b"sync-collection" in asked.body:
            return self.delta(asked)
        if b"calendar-multiget" in asked.body:
            return 207, multistatus(*self.got(asked))
        if asked.path == HOME and asked.headers.get("depth") == "1":
            return 207, multistatus(self.listed())
        if asked.path.startswith(WORK) and asked.path != WORK:
            name = asked.path.removeprefix(WORK)
            return (207, multistatus(self.member(name))) if name in self.members else (404, b"")
        if asked.path == WORK:
            return 207, multistatus(*(self.member(name) for name in self.members))
        principal = f"<current-user-principal><href>{HOME}</href></current-user-principal>"
        return 207, multistatus(
            prop(asked.path, f"{principal}<C:calendar-home-set><href>{HOME}</href></C:calendar-home-set>")
        )

    def listed(self) -> str:
        named = f"<displayname>Work</displayname>{token(str(self.step))}"
        return prop(WORK, CALENDAR + named + self.privileges)

    def member(self, name: str) -> str:
        return prop(WORK + name, f"<getetag>{escape(self.members[name][0])}</getetag>")

    def delta(self, asked: Asked) -> Answer:
        """What changed since the token that was sent; everything without one."""
        since = self.since(asked)
        names = [name for step, name in self.history if step > since] if since else list(self.members)
        members = [self.member(name) if name in self.members else gone(name) for name in dict.fromkeys(names)]
        return 207, multistatus(*members, after=token(str(self.step)))

    @staticmethod
    def since(asked: Asked) -> int:
        found = re.search(rb"<sync-token>(\d+)</sync-token>", asked.body)
        return int(found[1]) if found else 0

    def resource(self, asked: Asked, name: str) -> Answer:
        """GET, PUT and DELETE of a member, under conditions with strong ETags (RFC 9110 13.1.1)."""
        match, here = asked.headers.get("if-match"), self.members.get(name)
        if match is not None and (here is None or match != here[0].removeprefix("W/")):
            return 412, b""
        if asked.headers.get("if-none-match") and here:
            return 412, b""
        if asked.method == "PUT":
            weak = "W/" if self.weak else ""
            self.put(name, asked.body, f'{weak}"{self.step + 1}"')
            return 204 if here else 201, b""
        if here is None:
            return 404, b""
        if asked.method == "DELETE":
            self.delete(name)
            return 204, b""
        return 200, here[1]

    def got(self, asked: Asked) -> Sequence[str]:
        """What was asked for by multiget, with its data; what is not there as 404."""
        names = [href.rpartition("/")[2] for href in re.findall(r"<href>([^<]+)</href>", asked.body.decode())]
        return [self.full(name) if name in self.members else gone(name) for name in names]

    def full(self, name: str) -> str:
        etag, data = self.members[name]
        text = escape(data.decode())
        return prop(WORK + name, f"<getetag>{escape(etag)}</getetag><C:calendar-data>{text}</C:calendar-data>")


@dataclass
class Customer:
    """A staff member who is connected to such a server."""

    server: Server
    connection: Connection
    now: Any = NOW

    def sync(self, *, full: bool = False) -> SyncReport:
        self.now += timedelta(minutes=5)
        return sync_connection(self.connection.pk, now=self.now, full=full)

    @property
    def calendar(self) -> Calendar:
        return Calendar.objects.get(connection=self.connection)

    def said(self) -> list[str]:
        """What was asked since this was called last."""
        names = [_name(asked) for asked in self.server.requests]
        self.server.requests.clear()
        return names


def _name(asked: Asked) -> str:
    known = ("sync-collection", "calendar-multiget", "calendar-query")
    return next((name for name in known if name.encode() in asked.body), asked.method)


def customer(web: Callable[..., Served], server: Server, *, linked: bool = False) -> Customer:
    """Connect somebody to `server`, choose its calendar and read it."""
    user = UserFactory.create(configuration__saved_at=None)
    url = web(server.app).url
    connection = accounts.connect(user, username=USERNAME, password=PASSWORD, url=url, now=NOW)
    calendar = Calendar.objects.get(connection=connection)
    accounts.configure(user, linked=calendar if linked else None, conflicts=[calendar], now=NOW)
    found = Customer(server, connection)
    assert found.sync().error is None
    found.said()
    return found

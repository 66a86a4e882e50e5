"""A plain CalDAV client for tests of the sandbox: it sends exactly what it is told and follows no redirects."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import requests
from lxml import etree

from sandbox.server.dav.xml import CALDAV, c, d, element
from sandbox.server.server import Sandbox
from sandbox.server.store.accounts import Account

PROPFIND = '<?xml version="1.0"?><propfind xmlns="DAV:"><prop>{}</prop></propfind>'
SYNC = (
    '<sync-collection xmlns="DAV:"><sync-token>{}</sync-token><sync-level>1</sync-level>'
    "<prop><getetag/></prop>{}</sync-collection>"
)
MULTIGET = (
    f'<C:calendar-multiget xmlns="DAV:" xmlns:C="{CALDAV}"><prop><getetag/><C:calendar-data/></prop>'
    "{}</C:calendar-multiget>"
)
QUERY = (
    f'<C:calendar-query xmlns="DAV:" xmlns:C="{CALDAV}"><prop><getetag/>{{}}</prop>'
    '<C:filter><C:comp-filter name="VCALENDAR">{}</C:comp-filter></C:filter></C:calendar-query>'
)
VEVENT = '<C:comp-filter name="VEVENT">{}</C:comp-filter>'


@dataclass
class Answer:
    """One answer, with its parsed multistatus."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def root(self) -> etree._Element:
        return etree.fromstring(self.body)

    @property
    def hrefs(self) -> list[str]:
        return [one.findtext(d("href")) for one in self.root.findall(d("response"))]

    @property
    def statuses(self) -> dict[str, str]:
        """The bare status of each response that has one: `{href: "404"}`."""
        found = {}
        for one in self.root.findall(d("response")):
            if one.find(d("status")) is not None:
                found[one.findtext(d("href"))] = (one.findtext(d("status")) or "").split(" ")[1:2]
        return {href: "".join(status) for href, status in found.items()}

    @property
    def token(self) -> str:
        return self.root.findtext(d("sync-token")) or ""

    @property
    def data(self) -> dict[str, bytes]:
        """calendar-data by href, with CRLF, which XML readers turn into LF."""
        data = f"{d('propstat')}[1]/{d('prop')}/{c('calendar-data')}"
        found = (one for one in self.root if " 404 " not in (one.findtext(f"{d('propstat')}/{d('status')}") or ""))
        pairs = ((one.findtext(d("href")), one.findtext(data)) for one in found)
        return {href: text.replace("\n", "\r\n").encode() for href, text in pairs if text is not None}

    def found(self, href: str, name: str) -> etree._Element | None:
        """A property with 200 of one response."""
        for one in self.root.findall(d("response")):
            if one.findtext(d("href")) == href:
                for propstat in one.findall(d("propstat")):
                    if " 200 " in (propstat.findtext(d("status")) or ""):
                        return propstat.find(f"{d('prop')}/{name}")
        return None

    @property
    def preconditions(self) -> list[str]:
        return [child.tag for child in self.root]


@dataclass
class Client:
    """A client with the credentials `auth`."""

    icloud: Sandbox
    account: Account
    auth: tuple[str, str] | None
    session: requests.Session = field(default_factory=requests.Session)

    def ask(self, method: str, path: str, body: str | bytes = b"", *, host: str = "entry", **headers: str) -> Answer:
        """Send one request; `If_Match="x"` becomes the header `If-Match`."""
        self.session.trust_env = False
        response = self.session.request(
            method,
            self.icloud.hosts.url(host).rstrip("/") + path,
            data=body.encode() if isinstance(body, str) else body,
            headers={name.replace("_", "-"): value for name, value in headers.items()},
            auth=self.auth,
            allow_redirects=False,
            timeout=10,
        )
        return Answer(response.status_code, dict(response.headers), response.content)

    def propfind(self, path: str, *names: str, depth: str = "0", host: str = "entry") -> Answer:
        body = PROPFIND.format("".join(map(element, names)))
        return self.ask("PROPFIND", path, body, host=host, Depth=depth)

    def sync(self, path: str, token: str = "", *, limit: str = "", depth: str = "1") -> Answer:
        return self.ask("REPORT", path, SYNC.format(token, limit), Depth=depth)

    def multiget(self, path: str, *hrefs: str) -> Answer:
        body = MULTIGET.format("".join(f"<href>{href}</href>" for href in hrefs))
        return self.ask("REPORT", path, body, Depth="1")

    def query(self, path: str, start: str = "", end: str = "", *, data: str = "<C:calendar-data/>") -> Answer:
        given = f'start="{start}" ' * bool(start) + f'end="{end}"' * bool(end)
        inner = VEVENT.format(f"<C:time-range {given}/>" if given else "")
        return self.ask("REPORT", path, QUERY.format(data, inner), Depth="1")

    def put(self, path: str, data: bytes, **headers: str) -> Answer:
        return self.ask("PUT", path, data, **{"Content_Type": "text/calendar; charset=utf-8", **headers})


def event(uid: str = "A-1", *, start: str = "20261123T090000Z", end: str = "20261123T100000Z", more: str = "") -> bytes:
    """A small event as a client would PUT it; `more` is whole lines, each with CRLF."""
    return (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\nBEGIN:VEVENT\r\n"
        f"UID:{uid}\r\nDTSTAMP:20261122T060000Z\r\nDTSTART:{start}\r\n"
        + (f"DTEND:{end}\r\n" if end else "")
        + f"SUMMARY:Physio\r\n{more}END:VEVENT\r\nEND:VCALENDAR\r\n"
    ).encode()


def at(text: str) -> datetime:
    """A naive local time: `2026-11-23 09:30`."""
    return datetime.fromisoformat(text)

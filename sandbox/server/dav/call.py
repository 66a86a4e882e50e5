"""One authenticated request, with what a method needs to answer it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from werkzeug import Request

from sandbox.ical import recurrence
from sandbox.server.dav import replies, xml
from sandbox.server.dav.paths import Target
from sandbox.server.dav.properties import escape_path
from sandbox.server.dav.replies import Refusal
from sandbox.server.hosts import Hosts
from sandbox.server.store.contents import Resource
from sandbox.server.store.scheduling import Recorder
from sandbox.server.store.store import Store
from sandbox.server.switches import Switches


@dataclass(frozen=True, slots=True)
class Call:
    """The request, its target, and everything needed to answer it."""

    request: Request
    target: Target
    store: Store
    switches: Switches
    hosts: Hosts
    recorder: Recorder
    host: str

    @property
    def depth(self) -> str:
        """The Depth header, 0 when it is missing."""
        return self.request.headers.get("Depth", "0").strip().lower()

    def xml(self) -> xml.Element:
        """The body. Anything but well-formed XML is refused with 400 and a page."""
        try:
            return xml.parse_xml(self.request.get_data())
        except xml.BadXml as error:
            raise Refusal(replies.error_page(400)) from error

    def href(self, path: str) -> str:
        """The href for this path."""
        base = "" if self.switches.hrefs_on == "path" else self.hosts.url(self.switches.hrefs_on).rstrip("/")
        return base + escape_path(path, self.switches)

    def read(self, name: str) -> Resource | None:
        """A member of the target calendar as readers get it now."""
        contents = self.target.collection.contents
        return contents.seen(name, lag=self.switches.lag_seconds, shows=self.switches.lag_shows)

    def served(self, resource: Resource) -> bytes:
        """The bytes of a member as this answer contains them."""
        if not self.switches.doubles_dtstamp:
            return resource.data
        return recurrence.double_dtstamp(resource.data, self.store.clock.now())

    def path_of(self, href: str) -> str:
        """The decoded path in an href or URL, whatever its host."""
        return unquote(urlsplit(href.strip()).path)

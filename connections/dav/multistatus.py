"""Parses the XML of a WebDAV server: a multistatus and the values in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from lxml import etree

from connections.dav.urls import path_of

from .errors import NotCalDav, TooLarge

D = "{DAV:}"
C = "{urn:ietf:params:xml:ns:caldav}"
CS = "{http://calendarserver.org/ns/}"
APPLE = "{http://apple.com/ns/ical/}"

DESCRIPTION = f"{D}responsedescription"
MAX_TAGS = 1_000_000  # a listing of 80,000 resources has as many
MAX_QUOTES = 1_000_000
MAX_MEMBERS = 200_000
MAX_PROPERTIES = 1000  # of one member
WRITE_PRIVILEGES = {f"{D}{name}" for name in ("all", "write", "write-content", "bind")}


@dataclass(frozen=True, slots=True)
class Member:
    """One ``response`` of a multistatus.

    ``status`` is that of the whole response or None. ``props`` are the properties answered with 2xx, ``refused``
    the others with their status (404: the resource has no such property).
    """

    path: str
    status: int | None
    props: dict[str, etree._Element]
    refused: dict[str, int]

    def text(self, tag: str) -> str:
        """The text of a property, "" if it is missing or empty."""
        element = self.props.get(tag)
        return "" if element is None else "".join(element.itertext()).strip()

    def tags(self, tag: str) -> set[str]:
        """The names of the elements inside a property, at any depth."""
        element = self.props.get(tag)
        return set() if element is None else {child.tag for child in element.iterdescendants(etree.Element)}

    def href(self, tag: str) -> str:
        """The first href inside a property unchanged, "" if there is none."""
        return next(iter(self.hrefs(tag)), "")

    def hrefs(self, tag: str) -> list[str]:
        """The hrefs inside a property unchanged."""
        element = self.props.get(tag)
        found = [] if element is None else element.iter(f"{D}href")
        return [href.text.strip() for href in found if href.text and href.text.strip()]


@dataclass(frozen=True, slots=True)
class MultiStatus:
    """A multistatus: its members, its sync-token, and whether it refuses the token of the request."""

    members: list[Member]
    sync_token: str
    refuses_token: bool


def parse_xml(body: bytes, path: str) -> etree._Element:
    """The root element of an untrusted XML document.

    Entities, DTDs and network access are off, and the limits of libxml2 on depth and text size apply. Raises
    NotCalDav for XML that is not well-formed or has a document type: WebDAV does not need one (RFC 4918 8.2), and
    with one a small document can expand to a huge one. Raises TooLarge for more tags or quoted values than any calendar
    needs, because each of them takes a hundred octets or more in memory.
    """
    if body.count(b"<") > MAX_TAGS or body.count(b'"') + body.count(b"'") > MAX_QUOTES:
        raise TooLarge("the answer has too many elements", path=path)
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True
    )
    try:
        root = etree.fromstring(body, parser=parser)
    except etree.XMLSyntaxError:
        raise NotCalDav("the answer is not XML", path=path) from None
    if root.getroottree().docinfo.doctype:
        raise NotCalDav("the answer has a document type", path=path)
    return root


def parse_multistatus(body: bytes, path: str) -> MultiStatus:
    """The multistatus in the body of the answer for ``path``.

    Raises NotCalDav for any other root element: a sign-in page, an error page with status 200 or an empty body must
    never be taken for an empty calendar.
    """
    root = parse_xml(body, path)
    if root.tag != f"{D}multistatus":
        raise NotCalDav("the answer is no multistatus", path=path)
    token = root.findtext(f"{D}sync-token") or ""
    refusals = root.iterfind(f".//{D}error/{D}valid-sync-token")
    members = list(islice(_members(root, path), MAX_MEMBERS + 1))
    if len(members) > MAX_MEMBERS:
        raise TooLarge("the answer has too many members", path=path)
    return MultiStatus(members, token.strip(), next(refusals, None) is not None)


def _members(root: etree._Element, path: str) -> Iterator[Member]:
    # A response may name several hrefs with one status (RFC 4918 14.24).
    for response in root.iterchildren(f"{D}response"):
        status = _status(response.findtext(f"{D}status"))
        props, refused = _properties(response, path)
        for href in response.iterchildren(f"{D}href"):
            if href.text and href.text.strip():
                yield Member(path_of(href.text), status, props, refused)


def _properties(response: etree._Element, path: str) -> tuple[dict[str, etree._Element], dict[str, int]]:
    # One refused property must not lose the other calendars. (The caldav library raises for the whole answer.)
    props: dict[str, etree._Element] = {}
    refused: dict[str, int] = {}
    for propstat in response.iterchildren(f"{D}propstat"):
        status = _status(propstat.findtext(f"{D}status")) or 200
        for element in propstat.iterfind(f"{D}prop/*"):
            if 200 <= status < 300:
                props[element.tag] = element
            else:
                refused[element.tag] = status
            if len(props) + len(refused) > MAX_PROPERTIES:
                raise TooLarge("a member has too many properties", path=path)
    return props, refused


def _status(line: str | None) -> int | None:
    # iCloud sometimes sends an empty status.
    match = re.search(r"\s(\d{3})(?:\s|$)", line or "")
    return int(match[1]) if match else None


def preconditions(body: bytes) -> tuple[tuple[str, ...], str]:
    """The preconditions in a DAV:error body in Clark notation, and the path of the conflicting resource or "".

    Any other body, such as an HTML page or none, has no preconditions (RFC 4918 16).
    """
    try:
        root = parse_xml(body, "")
    except (NotCalDav, TooLarge):
        return (), ""
    if root.tag != f"{D}error":
        return (), ""
    href = root.find(f".//{D}href")
    names = tuple(child.tag for child in root.iterchildren(etree.Element) if child.tag != DESCRIPTION)
    return names, path_of(href.text) if href is not None and href.text else ""

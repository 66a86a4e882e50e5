"""Parses the XML of a WebDAV server: a multistatus and the values in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from itertools import islice

from lxml import etree

from connections.dav.urls import path_of

from .errors import NotCalDav, TooLarge

D = "{DAV:}"
C = "{urn:ietf:params:xml:ns:caldav}"
CS = "{http://calendarserver.org/ns/}"
APPLE = "{http://apple.com/ns/ical/}"

_PARSER: dict[str, bool] = {
    "resolve_entities": False,
    "load_dtd": False,
    "no_network": True,
    "huge_tree": False,
    "remove_comments": True,
}
_SYNC_TOKEN, _VALID_TOKEN, _ERROR = f"{D}sync-token", f"{D}valid-sync-token", f"{D}error"
_HREF, _PROPSTAT, _PROP = f"{D}href", f"{D}propstat", f"{D}prop"
_STREAMED = (f"{D}response", _SYNC_TOKEN, _VALID_TOKEN)
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
        if element is None:
            return ""
        return ("".join(element.itertext()) if len(element) else element.text or "").strip()

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
    _refuse_too_many_tags(body, path)
    try:
        root = etree.fromstring(body, parser=etree.XMLParser(**_PARSER))
    except etree.XMLSyntaxError:
        raise NotCalDav("the answer is not XML", path=path) from None
    _refuse_doctype(root, path)
    return root


def _refuse_too_many_tags(body: bytes, path: str) -> None:
    if body.count(b"<") > MAX_TAGS or body.count(b'"') + body.count(b"'") > MAX_QUOTES:
        raise TooLarge("the answer has too many elements", path=path)


def _refuse_doctype(root: etree._Element, path: str) -> None:
    if root.getroottree().docinfo.doctype:
        raise NotCalDav("the answer has a document type", path=path)


def _refuse_other_documents(root: etree._Element, path: str) -> None:
    _refuse_doctype(root, path)
    if root.tag != f"{D}multistatus":
        raise NotCalDav("the answer is no multistatus", path=path)


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


class StreamedMultiStatus:
    """A multistatus of which one member at a time is in memory: for answers with thousands of them.

    ``members`` can be iterated once, and each member is of use only until the next one. ``sync_token`` and
    ``refuses_token`` are known after that, and ``members`` is then true if there was any. Iterating raises what
    ``parse_multistatus`` raises, perhaps not before its end, so what came before must not be believed by itself.
    """

    def __init__(self, body: bytes, path: str) -> None:
        self.members = _Members(body, path)

    @property
    def sync_token(self) -> str:
        return (self.members.token or "").strip()

    @property
    def refuses_token(self) -> bool:
        return self.members.refuses_token


class _Members:
    def __init__(self, body: bytes, path: str) -> None:
        self.body, self.path = body, path
        self.token: str | None = None
        self.refuses_token = False
        self.count = 0

    def __bool__(self) -> bool:
        return self.count > 0

    def __iter__(self) -> Iterator[Member]:
        _refuse_too_many_tags(self.body, self.path)
        parsed = etree.iterparse(BytesIO(self.body), events=("end",), tag=_STREAMED, **_PARSER)
        try:
            for _, element in parsed:
                yield from self._take(element)
        except etree.XMLSyntaxError:
            raise NotCalDav("the answer is not XML", path=self.path) from None
        _refuse_other_documents(parsed.root, self.path)

    def _take(self, element: etree._Element) -> Iterator[Member]:
        parent = element.getparent()
        if element.tag == _VALID_TOKEN:
            self.refuses_token |= parent is not None and parent.tag == _ERROR
        elif parent is not None and parent.getparent() is None:
            if element.tag == _SYNC_TOKEN:
                self.token = self.token if self.token is not None else element.text or ""
                return
            for member in _members_of(element, self.path):
                self.count += 1
                if self.count > MAX_MEMBERS:
                    raise TooLarge("the answer has too many members", path=self.path)
                yield member
            element.clear()
            while element.getprevious() is not None:
                del parent[0]


def _members(root: etree._Element, path: str) -> Iterator[Member]:
    # A response may name several hrefs with one status (RFC 4918 14.24).
    for response in root.iterchildren(f"{D}response"):
        yield from _members_of(response, path)


def _members_of(response: etree._Element, path: str) -> Iterator[Member]:
    status = _status(response.findtext(f"{D}status"))
    props, refused = _properties(response, path)
    for href in response.iterchildren(_HREF):
        if href.text and href.text.strip():
            yield Member(path_of(href.text), status, props, refused)


def _properties(response: etree._Element, path: str) -> tuple[dict[str, etree._Element], dict[str, int]]:
    # One refused property must not lose the other calendars. (The caldav library raises for the whole answer.)
    props: dict[str, etree._Element] = {}
    refused: dict[str, int] = {}
    for propstat in response.iterchildren(_PROPSTAT):
        status = _status(propstat.findtext(f"{D}status")) or 200
        for element in (child for prop in propstat.iterchildren(_PROP) for child in prop.iterchildren(etree.Element)):
            if 200 <= status < 300:
                props[element.tag] = element
            else:
                refused[element.tag] = status
            if len(props) + len(refused) > MAX_PROPERTIES:
                raise TooLarge("a member has too many properties", path=path)
    return props, refused


@lru_cache(maxsize=64)  # there are few, and thousands of members have the same
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

"""XML as iCloud writes it.

`DAV:` is the default namespace and is declared repeatedly, nothing has a prefix, attributes of components are in single
quotes, and calendar-data is wrapped in CDATA.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from lxml import etree

DAV = "DAV:"
CALDAV = "urn:ietf:params:xml:ns:caldav"
SERVER = "http://calendarserver.org/ns/"
APPLE = "http://apple.com/ns/ical/"

PROLOG = '<?xml version="1.0" encoding="UTF-8"?>\n'
OK = "HTTP/1.1 200 OK"
GONE = "HTTP/1.1 404 Not Found"

Element = Any  # lxml has no types


class BadXml(ValueError):
    """The body is not well-formed XML."""


def d(name: str) -> str:
    """A name in the DAV namespace, in Clark notation."""
    return f"{{{DAV}}}{name}"


def c(name: str) -> str:
    """A name in the CalDAV namespace."""
    return f"{{{CALDAV}}}{name}"


def parse_xml(body: bytes) -> Element:
    """The root element. Raises BadXml when it is malformed or begins with white space."""
    if body[:1].isspace():
        raise BadXml("white space before the XML declaration")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise BadXml(str(error)) from error


def split_name(name: str) -> tuple[str, str]:
    """Namespace and local part of a Clark name."""
    namespace, _, local = name.rpartition("}")
    return namespace.removeprefix("{"), local


def text(value: str) -> str:
    """The text, escaped, without characters that XML does not allow."""
    allowed = "".join(ch for ch in value if ch in "\t\r\n" or ch >= " ")
    return escape(allowed, quote=False)


def element(name: str, content: str = "", *, attributes: str = "") -> str:
    """One element with its own xmlns, as iCloud writes it; `content` must be XML."""
    namespace, local = split_name(name)
    head = f'{local} xmlns="{namespace}"{attributes}'
    return f"<{head}>{content}</{local}>" if content else f"<{head}/>"


def href(path: str) -> str:
    """An href element."""
    return f"<href>{text(path)}</href>"


def data_element(data: bytes, *, cdata: bool) -> str:
    """calendar-data. XML readers turn CRLF inside CDATA into LF; escaped, the CR is kept as `&#13;`."""
    content = data.decode("utf-8", "replace")
    if cdata:
        content = "".join(ch for ch in content if ch in "\t\r\n" or ch >= " ")
        content = f"<![CDATA[{content.replace(']]>', ']]]]><![CDATA[>')}]]>"
    else:
        content = text(content).replace("\r", "&#13;")
    return element(c("calendar-data"), content)


def propstat(found: Iterable[str], missing: Sequence[str] = ()) -> str:
    """What there is with 200, then, when something asked for is missing, the empty elements with 404."""
    present = "".join(found)
    parts = [f"<propstat><prop>{present}</prop><status>{OK}</status></propstat>"] if present or not missing else []
    if missing:
        absent = "".join(element(name) for name in missing)
        parts.append(f"\n    <propstat><prop>{absent}</prop><status>{GONE}</status></propstat>")
    return "".join(parts)


def response(path: str, content: str) -> str:
    """One response element."""
    return f'  <response xmlns="DAV:">\n    {href(path)}\n    {content}\n  </response>\n'


def status_response(path: str, status: str = GONE) -> str:
    """A response with only a status."""
    return response(path, f"<status>{status}</status>")


def multistatus_body(responses: Iterable[str], *, token: str = "") -> bytes:
    """The body of a 207 answer."""
    end = f"  <sync-token>{text(token)}</sync-token>\n" if token else ""
    return f'{PROLOG}<multistatus xmlns="DAV:">\n{"".join(responses)}{end}</multistatus>'.encode()


def sabre_error(exception: str, message: str, preconditions: str) -> bytes:
    """A DAV:error body as sabre/dav writes it, with these preconditions as XML."""
    own = f"\n  <s:exception>{text(exception)}</s:exception>\n  <s:message>{text(message)}</s:message>\n"
    head = '<d:error xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns">'
    return f'<?xml version="1.0" encoding="utf-8"?>\n{head}{own}{preconditions}</d:error>\n'.encode()


def preconditions_in(body: bytes) -> str:
    """The XML of the preconditions in a body that `error` has written; nothing for other bodies."""
    _, found, rest = body.decode().partition('<error xmlns="DAV:">')
    return rest.removesuffix("</error>") if found else ""


def error(*preconditions: str) -> bytes:
    """A DAV:error body with these preconditions, each an XML element."""
    return f'{PROLOG}<error xmlns="DAV:">{"".join(preconditions)}</error>'.encode()

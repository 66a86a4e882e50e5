"""Reading calendar text line by line, without changing a byte of it (RFC 5545 3.1).

It accepts everything with matching BEGIN and END lines and does not interpret the properties.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_FOLD = re.compile(r"\r?\n[ \t]")
_NAME = re.compile(r"[A-Za-z0-9-]+")
_QUOTED_OR_COLON = re.compile(r'"[^"]*"|:')
_PARAMETER = re.compile(r';([A-Za-z0-9-]+)=((?:"[^"]*"|[^;:"])*)')
EVENT_KINDS = ("VEVENT", "VTODO", "VJOURNAL")


class NotCalendar(ValueError):
    """The text is not an iCalendar object."""


@dataclass(frozen=True, slots=True)
class Line:
    """One property: name in upper case, parameters without their quotes, the value still escaped."""

    name: str
    parameters: dict[str, str]
    value: str
    head: str  # name and parameters as written

    def __str__(self) -> str:
        return f"{self.head}:{self.value}"


@dataclass(slots=True)
class Component:
    """One BEGIN...END block."""

    name: str
    lines: list[Line] = field(default_factory=list)
    children: list[Component] = field(default_factory=list)

    def all(self, name: str) -> list[Line]:
        """Every property of that name."""
        return [line for line in self.lines if line.name == name]

    def value(self, name: str) -> str:
        """The value of the first property of that name, or nothing."""
        return next((line.value for line in self.lines if line.name == name), "")

    def set(self, name: str, value: str, **parameters: str) -> None:
        """Replace all properties of that name with one."""
        self.drop(name)
        self.add(name, value, **parameters)

    def add(self, name: str, value: str, **parameters: str) -> None:
        """Add a property; keyword arguments are parameters, and `X_ADDRESS` means X-ADDRESS."""
        given = "".join(f";{key.replace('_', '-')}={_quoted(text)}" for key, text in parameters.items())
        self.lines.append(read_line(f"{name}{given}:{value}"))

    def drop(self, *names: str) -> None:
        """Remove the properties of those names."""
        self.lines = [line for line in self.lines if line.name not in names]

    def copy(self) -> Component:
        """An independent copy."""
        return Component(self.name, list(self.lines), [child.copy() for child in self.children])

    def named(self, *names: str) -> list[Component]:
        """The direct children of those kinds."""
        return [child for child in self.children if child.name in names]


@dataclass(frozen=True, slots=True)
class Outline:
    """What a server must know about a resource before it stores it."""

    kinds: frozenset[str]
    uids: frozenset[str]
    method: str
    endless: bool  # an event with neither DTEND nor DURATION
    undefined_zones: frozenset[str]

    @property
    def uid(self) -> str:
        return next(iter(sorted(self.uids)), "")


def unfold(data: bytes) -> Iterator[str]:
    """The content lines of `data`, unfolded, without empty ones."""
    text = _FOLD.sub("", data.decode("utf-8", "replace"))
    return (line for line in re.split(r"\r?\n", text) if line.strip())


def read_line(text: str) -> Line:
    """Split an unfolded content line into its parts; without a colon, the whole line is the name."""
    colon = next((m.start() for m in _QUOTED_OR_COLON.finditer(text) if m.group() == ":"), len(text))
    head, value = text[:colon], text[colon + 1 :]
    match = _NAME.match(head)
    name = match.group() if match else head
    parameters = {key.upper(): given.strip('"') for key, given in _PARAMETER.findall(head)}
    return Line(name.upper(), parameters, value, head)


def parse(data: bytes) -> Component:
    """The VCALENDAR in `data`. Raises NotCalendar when there is none or when blocks do not close."""
    root = Component("")
    open_blocks = [root]
    for text in unfold(data):
        line = read_line(text)
        if line.name == "BEGIN":
            child = Component(line.value.strip().upper())
            open_blocks[-1].children.append(child)
            open_blocks.append(child)
        elif line.name == "END":
            if len(open_blocks) < 2 or open_blocks.pop().name != line.value.strip().upper():
                raise NotCalendar("END without a matching BEGIN")
        else:
            open_blocks[-1].lines.append(line)
    if len(open_blocks) != 1 or [child.name for child in root.children] != ["VCALENDAR"]:
        raise NotCalendar("there is not exactly one VCALENDAR")
    return root.children[0]


@lru_cache(maxsize=4096)
def outline(data: bytes) -> Outline:
    """What a server must know about `data` before it stores it. Raises NotCalendar."""
    calendar = parse(data)
    items = calendar.named(*EVENT_KINDS)
    defined = {zone.value("TZID") for zone in calendar.named("VTIMEZONE")}
    used = {line.parameters["TZID"] for item in items for line in item.lines if "TZID" in line.parameters}
    return Outline(
        kinds=frozenset(item.name for item in items),
        uids=frozenset(item.value("UID") for item in items),
        method=calendar.value("METHOD"),
        endless=any(_has_no_end(item) for item in items),
        undefined_zones=frozenset(used - defined),
    )


def _has_no_end(item: Component) -> bool:
    return item.name == "VEVENT" and not (item.all("DTEND") or item.all("DURATION"))


def fold(line: str) -> str:
    """Fold one content line at 75 octets, never inside a character (RFC 5545 3.1); without a line break at its end."""
    pieces, piece, size = [], "", 0
    for character in line:
        width = len(character.encode())
        if size + width > 75:
            pieces.append(piece)
            piece, size = " ", 1
        piece += character
        size += width
    return "\r\n".join([*pieces, piece])


def write(component: Component) -> bytes:
    """The text of a component, folded, with CRLF."""
    return "".join(f"{fold(line)}\r\n" for line in _lines(component)).encode()


def _lines(component: Component) -> Iterator[str]:
    yield f"BEGIN:{component.name}"
    yield from map(str, component.lines)
    for child in component.children:
        yield from _lines(child)
    yield f"END:{component.name}"


def _quoted(text: str) -> str:
    return f'"{text}"' if re.search("[:;,]", text) else text


def escape(text: str) -> str:
    """A text, escaped as a value (RFC 5545 3.3.11)."""
    plain = text.replace("\r\n", "\n").replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return plain.replace("\n", "\\n")


def unescape(value: str) -> str:
    """The text of a value."""
    return re.sub(r"\\(.)", lambda match: "\n" if match[1] in "nN" else match[1], value)


def moment(line: Line) -> date | datetime:
    """A DATE, or a DATE-TIME: aware when it is UTC or its zone is an IANA name, else naive. Raises ValueError."""
    if len(line.value) == 8:
        return datetime.strptime(line.value, "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
    if line.value.endswith("Z"):
        return datetime.strptime(line.value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    wall = datetime.strptime(line.value, "%Y%m%dT%H%M%S")  # noqa: DTZ007 - the zone is added below
    try:
        return wall.replace(tzinfo=ZoneInfo(line.parameters["TZID"]))
    except (KeyError, ValueError, ZoneInfoNotFoundError):
        return wall


_DURATION = re.compile(r"([+-])?P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


def duration(value: str) -> timedelta:
    """A DURATION. Raises ValueError."""
    match = _DURATION.fullmatch(value.strip())
    if match is None:
        raise ValueError(f"not a duration: {value}")
    weeks, days, hours, minutes, seconds = (int(group or 0) for group in match.groups()[1:])
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -length if match[1] == "-" else length


def write_duration(length: timedelta) -> str:
    """A DURATION of whole minutes, as Apple writes it: `PT1H30M`, `P1D`."""
    minutes = abs(int(length.total_seconds())) // 60
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes or not (hours or days) else "")
    sign = "-" if length < timedelta() else ""
    return f"{sign}P{f'{days}D' if days else ''}{f'T{clock}' if clock else ''}"

"""Content lines (RFC 5545 3.1): unfolding, parsing, escaping and folding them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from sys import intern
from types import MappingProxyType
from typing import NamedTuple

_CONTENT = re.compile(rb"[^\n]++(?:\n[ \t][^\n]*+)*+")
_HEAD = re.compile(r'([^\s;:=]++)\s*+((?:;[^=:;"]*+=(?:"[^"]*+"|[^":;]++)*+)*+):', re.DOTALL)
_PARAM = re.compile(r';([^=:;"]*)=((?:"[^"]*"|[^":;])*)', re.DOTALL)
_PARAM_WITH_COLONS = re.compile(r';([^=:;"]*)=((?:"[^"]*"|[^";])*)', re.DOTALL)
_BEGIN_OF_TIME = re.compile(
    r"\d{4}[-/.]?\d|\d\d?\.\s*\d|(?:[a-z]{3,9}, *)?\d\d?[ -][a-z]{3,9}[ -]\d{4}"
    r"|(?:[a-z]{3,9} )?[a-z]{3,9} \d\d?,? \d{4}",
    re.IGNORECASE,
)
_EQUALS = re.compile(r"([^\s;:=]++)((?:;[^=:;]++=[^=:;]*+)*+)\s*+=")
_TIMES = frozenset({"DTSTART", "DTEND", "RECURRENCE-ID", "RDATE", "EXDATE"})
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u0085\u2028\u2029]")
MAX_LINE_OCTETS = 75
NO_PARAMS: Mapping[str, str] = MappingProxyType({})


class Line(NamedTuple):
    """NAME;PARAM=…:value, name and parameter names in upper case. A tuple: a frozen dataclass is slower to make."""

    name: str
    value: str
    params: Mapping[str, str] = NO_PARAMS


def normalise(data: bytes) -> bytes:
    """`data` with LF line ends, without a byte order mark and NUL characters."""
    data = data.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"")
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def unfold_all(data: bytes) -> bytes:
    """A normalised file without its folds. A fold may stand anywhere, even inside a property name."""
    return _without_blank_lines(data).replace(b"\n ", b"").replace(b"\n\t", b"")


def _without_blank_lines(data: bytes) -> bytes:
    while b"\n\n" in data:
        data = data.replace(b"\n\n", b"\n")
    return data


def unfold_line(raw: bytes) -> str:
    """One content line as text. Folds are removed before decoding because a fold may split a character.

    A line that is not UTF-8 is decoded as Latin-1, which old programs write. A wrong guess only affects titles.
    """
    whole = raw.replace(b"\r\n ", b"").replace(b"\r\n\t", b"")
    try:
        return whole.decode()
    except UnicodeDecodeError:
        return whole.decode("latin-1")


def parse_line(raw: bytes) -> Line:
    """The name, parameters and value of a content line. Quotes that never close are ignored, `=` is read as a colon.

    A colon in a parameter must be quoted (RFC 5545 3.2), but Exchange does not quote `TZID=(UTC+01:00) Berlin`.
    """
    text = unfold_line(raw)
    head = _HEAD.match(text)
    if head is None and (equals := _EQUALS.match(text)):
        return Line(equals[1].upper(), text[equals.end() :].strip(), _parameters(equals[2], _PARAM))
    if head is None:
        text = text.replace('"', "")
        head = _HEAD.match(text)
    if head is None:
        name, _, value = text.rpartition(":")
        return Line(re.split("[;:]", name, maxsplit=1)[0].upper(), value.strip())
    name, params, value = intern(head[1].upper()), head[2], text[head.end() :].strip()
    if name in _TIMES and ":" in value and not _BEGIN_OF_TIME.match(value):
        params, _, value = text[len(name) :].rpartition(":")
        return Line(name, value.strip(), _parameters(params, _PARAM_WITH_COLONS))
    return Line(name, value, _parameters(params, _PARAM) if params else NO_PARAMS)


@lru_cache(maxsize=256)
def _parameters(text: str, pattern: re.Pattern[str]) -> Mapping[str, str]:
    """The parameters of a line; the values of one that stands twice and differs are joined, so that none is believed.

    Cached, because the EXDATE lines of a long series all write the same ones.
    """
    found: dict[str, dict[str, None]] = {}
    for match in pattern.finditer(text):
        found.setdefault(match[1].strip().upper(), {})[match[2].replace('"', "").strip()] = None
    return MappingProxyType({name: ",".join(values) for name, values in found.items()})


def unescape(value: str) -> str:
    r"""A TEXT value for people: `\n`, `\,`, `\;` and `\\` decoded, control characters removed (RFC 5545 3.3.11)."""
    return _CONTROL.sub("", _ESCAPED.sub(lambda m: "\n" if m[1] in "nN" else m[1], value))


def escape(text: str) -> str:
    """`text` as a TEXT value (RFC 5545 3.3.11). Nothing in the result can end the content line."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _CONTROL.sub(" ", text)
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\n", "\\n")


def one_line(text: str) -> str:
    """A value that is not TEXT, such as a URI, without characters that could end the content line."""
    return " ".join(_CONTROL.sub(" ", text).split())


def fold(line: str) -> bytes:
    """The content line as octets, folded at 75 octets and never inside a character, without line end (RFC 5545 3.1)."""
    raw = line.encode()
    return raw if len(raw) <= MAX_LINE_OCTETS else b"\r\n ".join(_pieces(raw))


def _pieces(raw: bytes) -> Iterator[bytes]:
    begin, end = 0, MAX_LINE_OCTETS
    while end < len(raw):
        while raw[end] & 0xC0 == 0x80:
            end -= 1
        yield raw[begin:end]
        begin, end = end, end + MAX_LINE_OCTETS - 1
    yield raw[begin:]


def split_lines(data: bytes) -> list[bytes]:
    """The content lines of a file, each with its folds (written as CRLF) and without its line end."""
    lines = _CONTENT.findall(_without_blank_lines(normalise(data)))
    return [line.replace(b"\n", b"\r\n") for line in lines]


@dataclass(frozen=True, slots=True)
class EventLines:
    """Where a VEVENT stands among content lines, and its own properties, without those of its alarms.

    `begin` and `end` are the indexes of its BEGIN and END lines, `rest` that of the first line after its properties.
    """

    begin: int
    rest: int
    end: int
    names: tuple[tuple[int, str], ...]
    lines: tuple[bytes, ...]

    def value(self, name: str) -> str | None:
        """The raw value of the first property of that name."""
        return next((parse_line(raw).value for raw in self.lines if parse_line(raw).name == name), None)


def find_events(raw: Sequence[bytes]) -> list[EventLines]:
    """The VEVENTs among content lines."""
    found: list[EventLines] = []
    begin, rest, depth = -1, -1, 0
    own: list[int] = []
    for index, line in enumerate(raw):
        mark = line.strip().upper()
        if mark == b"BEGIN:VEVENT" and begin < 0:
            begin, depth, rest, own = index, 0, -1, []
        elif begin >= 0 and mark == b"END:VEVENT":
            names = tuple((at, parse_line(raw[at]).name) for at in own)
            found.append(EventLines(begin, rest if rest >= 0 else index, index, names, tuple(raw[at] for at in own)))
            begin = -1
        elif begin >= 0 and mark.startswith((b"BEGIN:", b"END:")):
            depth += 1 if mark.startswith(b"B") else -1
            rest = rest if rest >= 0 else index
        elif begin >= 0 and depth == 0:
            own.append(index)
    return found

"""Content lines (RFC 5545 3.1): telling them apart, unfolding, escaping, folding."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from sys import intern
from types import MappingProxyType

_FOLD = re.compile(rb"[\r\n]+[ \t]")  # blank lines inside a fold come from files whose line ends were converted twice
_ANY_FOLD = re.compile(rb"(?<!\n)\n++[ \t]")
_CONTENT = re.compile(rb"[^\n]+(?:\n++[ \t][^\n]*)*")
_WHOLE_FOLD = re.compile(rb"\n+([ \t])")
_HEAD = re.compile(r'([^\s;:=]+)((?:;[^=:;"]*=(?:"[^"]*"|[^":;])*)*):', re.DOTALL)
_PARAM = re.compile(r';([^=:;"]*)=((?:"[^"]*"|[^":;])*)', re.DOTALL)
_LOOSE = re.compile(r';([^=:;"]*)=((?:"[^"]*"|[^";])*)', re.DOTALL)
_ISO = re.compile(r"\d{4}-")
_TIMES = frozenset({"DTSTART", "DTEND", "RECURRENCE-ID", "RDATE", "EXDATE"})
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u0085\u2028\u2029]")
MOST_OCTETS = 75
NO_PARAMS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Line:
    """NAME;PARAM=…:value, name and parameter names in upper case."""

    name: str
    value: str
    params: Mapping[str, str] = field(default_factory=lambda: NO_PARAMS)


def normalise(data: bytes) -> bytes:
    """`data` with LF line ends, without byte order mark and NUL."""
    data = data.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"")
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def unfolded(data: bytes) -> bytes:
    """A normalised file without folds, wherever they are: also inside names."""
    return _ANY_FOLD.sub(b"", data)


def unfold(raw: bytes) -> str:
    """One content line in text. Unfolded as octets first, since a fold may cut a character in two.

    What is not UTF-8 is taken for the Latin-1 that old programs write; it can only be wrong about a title.
    """
    whole = _FOLD.sub(b"", raw)
    try:
        return whole.decode()
    except UnicodeDecodeError:
        return whole.decode("latin-1")


def split(raw: bytes) -> Line:
    """Name, parameters and value of a content line. Quotes that never close are left out.

    A colon in a parameter must be quoted (RFC 5545 3.2); Exchange forgets that for zones such as `(UTC+01:00) Berlin`.
    """
    text = unfold(raw)
    head = _HEAD.match(text)
    if head is None:
        text = text.replace('"', "")
        head = _HEAD.match(text)
    if head is None:
        name, _, value = text.rpartition(":")
        return Line(re.split("[;:]", name, maxsplit=1)[0].upper(), value.strip())
    name, said, value = intern(head[1].upper()), head[2], text[head.end() :].strip()
    if name in _TIMES and ":" in value and not _ISO.match(value):
        said, _, value = text[len(name) :].rpartition(":")
        return Line(name, value.strip(), _parameters(said, _LOOSE))
    return Line(name, value, _parameters(said, _PARAM) if said else NO_PARAMS)


@lru_cache(maxsize=256)
def _parameters(text: str, pattern: re.Pattern[str]) -> Mapping[str, str]:
    """The parameters of a line; the same for all lines that write them so, as the hundreds in a long series do."""
    found = ((match[1].upper(), match[2].replace('"', "")) for match in pattern.finditer(text))
    return MappingProxyType(dict(found))


def unescape(value: str) -> str:
    r"""TEXT as people read it: `\n`, `\,`, `\;` and `\\` resolved, control characters gone (RFC 5545 3.3.11)."""
    return _CONTROL.sub("", _ESCAPED.sub(lambda m: "\n" if m[1] in "nN" else m[1], value))


def escape(text: str) -> str:
    """TEXT as it is written. Nothing in it can end the content line (RFC 5545 3.3.11)."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _CONTROL.sub(" ", text)
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\n", "\\n")


def one_line(text: str) -> str:
    """A value that is not TEXT, such as a URI, made unable to end the content line."""
    return " ".join(_CONTROL.sub(" ", text).split())


def fold(line: str) -> bytes:
    """The content line in octets, folded at 75, never inside a character, without line end (RFC 5545 3.1)."""
    raw = line.encode()
    return raw if len(raw) <= MOST_OCTETS else b"\r\n ".join(_pieces(raw))


def _pieces(raw: bytes) -> Iterator[bytes]:
    begin, end = 0, MOST_OCTETS
    while end < len(raw):
        while raw[end] & 0xC0 == 0x80:
            end -= 1
        yield raw[begin:end]
        begin, end = end, end + MOST_OCTETS - 1
    yield raw[begin:]


def content_lines(data: bytes) -> list[bytes]:
    """The content lines of a file, each with its folds (as CRLF) and without its line end."""
    return [_WHOLE_FOLD.sub(b"\r\n\\1", line) for line in _CONTENT.findall(normalise(data))]


@dataclass(frozen=True, slots=True)
class Event:
    """A VEVENT among content lines: indexes of BEGIN, of what follows its own properties, and of END."""

    begin: int
    rest: int
    end: int
    names: tuple[tuple[int, str], ...]
    lines: tuple[bytes, ...]

    def value(self, name: str) -> str | None:
        """The value of the first property of that name, as it is written."""
        return next((split(raw).value for raw in self.lines if split(raw).name == name), None)


def events(raw: Sequence[bytes]) -> list[Event]:
    """The VEVENTs among content lines, with the lines of their own and not those of their alarms."""
    found: list[Event] = []
    begin, rest, depth = -1, -1, 0
    own: list[int] = []
    for index, line in enumerate(raw):
        mark = line.strip().upper()
        if mark == b"BEGIN:VEVENT" and begin < 0:
            begin, depth, rest, own = index, 0, -1, []
        elif begin >= 0 and mark == b"END:VEVENT":
            names = tuple((at, split(raw[at]).name) for at in own)
            found.append(Event(begin, rest if rest >= 0 else index, index, names, tuple(raw[at] for at in own)))
            begin = -1
        elif begin >= 0 and mark.startswith((b"BEGIN:", b"END:")):
            depth += 1 if mark.startswith(b"B") else -1
            rest = rest if rest >= 0 else index
        elif begin >= 0 and depth == 0:
            own.append(index)
    return found

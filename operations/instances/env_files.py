"""Environment files as systemd reads them (systemd.exec(5), EnvironmentFile=), so that both see the same. Pure.

A value is unquoted, where a backslash takes the next character as it is, or a sequence of quoted parts: in single
quotes everything stands for itself, in double quotes a backslash is special before `"`, `\\`, `` ` ``, `$` and the end
of a line. Lines that begin with `#` or `;` are comments. Nothing is replaced in values: `$NAME` stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
ESCAPED_IN_DOUBLE_QUOTES: Final = '"\\`$'
END: Final = "\n"
SPACE: Final = " \t"


class Unreadable(Exception):
    """The file cannot be read as systemd reads it: `line` is where, counted from 1."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def parse(text: str) -> dict[str, str]:
    """The variables that a file sets; the last of equal names counts, and what is no name is passed over.

    Raises Unreadable for a comment that ends with a backslash, of which versions of systemd make different things, and
    for a NUL.
    """
    text = text.replace("\r", END)
    if "\0" in text:
        raise Unreadable(text[: text.index("\0")].count(END) + 1)
    reader = _Reader(text)
    while reader.more:
        reader.read_line()
    return reader.found


@dataclass
class _Reader:
    """Reads line after line; `at` is the place of the next character."""

    text: str
    at: int = 0
    found: dict[str, str] = field(default_factory=dict)

    @property
    def more(self) -> bool:
        return self.at < len(self.text)

    def take(self) -> str:
        """The next character; the end of the text is the end of a line."""
        character = self.text[self.at] if self.more else END
        self.at += 1
        return character

    def take_while(self, fits: Callable[[str], bool]) -> str:
        start = self.at
        while self.more and fits(self.text[self.at]):
            self.at += 1
        return self.text[start : self.at]

    def read_line(self) -> None:
        self.take_while(lambda one: one in SPACE + END)
        if self.text[self.at : self.at + 1] in ("#", ";"):
            self._skip_comment()
            return
        name = self.take_while(lambda one: one not in "=" + END).rstrip(SPACE)
        if self.take() != "=":
            return
        value = self._value()
        if NAME.fullmatch(name):
            self.found[name] = value

    def _skip_comment(self) -> None:
        if self.take_while(lambda one: one != END).endswith("\\"):
            raise Unreadable(self.text[: self.at].count(END) + 1)

    def _value(self) -> str:
        """Quoted parts, and then what is not quoted, up to the end of the line."""
        parts = []
        while True:
            self.take_while(lambda one: one in SPACE)
            first = self.text[self.at : self.at + 1]
            if first == "'":
                self.at += 1
                parts.append(self.take_while(lambda one: one != "'"))
                self.at += 1
            elif first == '"':
                self.at += 1
                parts.append(self._double_quoted())
            else:
                return "".join(parts) + self._unquoted()

    def _double_quoted(self) -> str:
        value = ""
        while self.more and (one := self.take()) != '"':
            if one == "\\":
                one = self.take()
                one = one if one in ESCAPED_IN_DOUBLE_QUOTES else "" if one == END else "\\" + one
            value += one
        return value

    def _unquoted(self) -> str:
        """Spaces at the end do not count, unless a backslash stands before the last."""
        value, kept = "", 0
        while (one := self.take()) != END:
            if one == "\\":
                one = self.take()
                value += "" if one == END else one
                kept = len(value)
            else:
                value += one
                kept = kept if one in SPACE else len(value)
        return value[:kept]

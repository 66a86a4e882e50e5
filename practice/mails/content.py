"""What a mail says, once: a list of blocks from which its plain text and its HTML are both made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a paragraph, perhaps bold, perhaps a link."""

    text: str
    is_strong: bool = False
    url: str = ""

    def as_text(self) -> str:
        return f"{self.text}: {self.url}" if self.url and self.url != self.text else self.text


@dataclass(frozen=True, slots=True)
class Heading:
    """The most important sentence, on top."""

    kind: ClassVar[str] = "heading"
    text: str

    def as_text(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences one after the other; small ones close a mail."""

    kind: ClassVar[str] = "paragraph"
    runs: tuple[Run, ...]
    is_small: bool = False

    def as_text(self) -> str:
        return " ".join(run.as_text() for run in self.runs)


@dataclass(frozen=True, slots=True)
class FactList:
    """Facts, each with its name."""

    kind: ClassVar[str] = "facts"
    facts: tuple[tuple[str, Run], ...]

    def as_text(self) -> str:
        return "\n".join(f"{name}: {run.url or run.text}" for name, run in self.facts)


@dataclass(frozen=True, slots=True)
class ItemList:
    """Things of one kind in their order, each in words."""

    kind: ClassVar[str] = "items"
    items: tuple[tuple[Run, ...], ...]

    def as_text(self) -> str:
        lines = (" ".join(run.as_text() for run in item) for item in self.items)
        return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, start=1))


@dataclass(frozen=True, slots=True)
class Button:
    """What the reader can do; the link only opens a page."""

    kind: ClassVar[str] = "button"
    label: str
    url: str

    def as_text(self) -> str:
        return f"{self.label}:\n{self.url}"


Block = Heading | Paragraph | FactList | ItemList | Button


@dataclass(frozen=True, slots=True)
class Content:
    """A mail without addresses, in one language."""

    subject: str
    language: str
    blocks: tuple[Block, ...]

    def as_text(self) -> str:
        """The plain text of the mail."""
        return "\n\n".join(block.as_text() for block in self.blocks) + "\n"


def paragraph(*runs: str | Run, is_small: bool = False) -> Paragraph:
    """A paragraph of sentences; empty ones are left out."""
    return Paragraph(tuple(_runs(runs)), is_small=is_small)


def strong(text: str) -> Run:
    """A sentence that must not be overlooked."""
    return Run(text, is_strong=True)


def fact_list(*facts: tuple[str, str | Run]) -> FactList:
    """A list of facts; those without a value are left out."""
    return FactList(tuple((name, run) for name, value in facts for run in _runs([value])))


def item_list(*items: Iterable[str | Run]) -> ItemList:
    """A numbered list; empty pieces of an item are left out."""
    return ItemList(tuple(tuple(_runs(item)) for item in items))


def _runs(pieces: Iterable[str | Run]) -> Iterable[Run]:
    runs = (Run(piece) if isinstance(piece, str) else piece for piece in pieces)
    return [run for run in runs if run.text]

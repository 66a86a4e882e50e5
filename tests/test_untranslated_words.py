"""Nothing that people read is left unmarked for translation: text in templates and sentences in code.

Labels of the admin are in `test_german_labels.py`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template.base import Lexer, Token, TokenType

from config.management.commands.makemessages import FOLDERS, is_for_people

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = [
    path
    for kind in ("html", "txt")
    for path in sorted(ROOT.glob(f"templates/**/*.{kind}"))
    if is_for_people(path.relative_to(ROOT).as_posix()) and "privacy" not in path.parts  # one file a language
]
MODULES = [path for name in FOLDERS for path in sorted((ROOT / name).rglob("*.py")) if "migrations" not in path.parts]

NAMES = frozenset({"Google", "ID", "Kalends", "Outlook", "UID", "Website", "iCloud"})
"""What is called the same in every language."""
WORD = re.compile(r"[^\W\d_]{2,}")
READ_ATTRIBUTES = frozenset({"alt", "aria-label", "data-copied", "data-label", "placeholder", "title"})
TRANSLATING_TAGS = frozenset({"translate", "blocktranslate", "load"})
ATTRIBUTE_BLOCKS = ("block main_class", "block body")
"""Blocks within a tag of HTML."""
LITERAL = re.compile(r"(_\()?(\"[^\"]*\"|'[^']*')")
SENTENCE = re.compile(r"[^\W\d_]+,? [^\W\d_]+|^[A-Z][a-z]+$")

GETTEXT = frozenset({"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"})
TELLING = frozenset(
    {
        *("CommandError", "Failed", "ImproperlyConfigured", "Refused", "ValidationError"),
        *(
            "add_error",
            "success",
            "warning",
            "error",
            "info",
            "write",
            "paragraph",
            "Heading",
            "Button",
            "CheckMessage",
        ),
    }
)
"""Calls whose arguments people read."""
LOGGERS = frozenset({"logger", "log", "logging"})
TELLING_ARGUMENTS = frozenset(
    {"description", "empty_label", "help", "help_text", "hint", "label", "subject", "title", "verbose_name"}
)
TELLING_NAMES = frozenset({"help", "short_description", "verbose_name", "verbose_name_plural"})
CHOICES = frozenset({"IntegerChoices", "TextChoices"})


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def untranslated(text: str) -> list[str]:
    return [word for word in WORD.findall(text) if word not in NAMES]


class ReadText(HTMLParser):
    """Collects what people read of a page: its text and some attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.hidden = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.hidden = tag if tag in ("script", "style") else ""
        self.found += [value or "" for name, value in attributes if name in READ_ATTRIBUTES]

    def handle_endtag(self, tag: str) -> None:
        self.hidden = ""

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.found.append(data)


def text_of_template(source: str) -> str:
    """The template without its tags and without what they translate."""
    kept, translating = "", False
    for token in Lexer(source).tokenize():
        tag = token.contents.split(maxsplit=1)[0] if token.token_type is TokenType.BLOCK else ""
        if tag in ("blocktranslate", "comment") or token.contents in ATTRIBUTE_BLOCKS:
            translating = True
        elif tag in ("endblocktranslate", "endcomment", "endblock"):
            translating = False
        kept += token.contents if token.token_type is TokenType.TEXT and not translating else " "
    return kept


def sentences_in_tags(source: str) -> Iterator[str]:
    """Literal texts that a tag or a variable would show: `{% include "x.html" with title="Not like this" %}`."""
    for token in Lexer(source).tokenize():
        if token.token_type in (TokenType.BLOCK, TokenType.VAR) and not _translates(token):
            for wrapped, literal in LITERAL.findall(re.sub(r"\|(date|time):(\"[^\"]*\"|'[^']*')", "", token.contents)):
                if (
                    not wrapped and SENTENCE.search(literal[1:-1]) and "--" not in literal
                ):  # CSS has names like button--small
                    yield literal[1:-1]


def _translates(token: Token) -> bool:
    return token.token_type is TokenType.BLOCK and token.contents.split(maxsplit=1)[0] in TRANSLATING_TAGS


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_says_nothing_without_a_translation(path: Path) -> None:
    source = path.read_text()
    page = ReadText()
    page.feed(text_of_template(source))
    page.close()
    assert [text.strip() for text in page.found if untranslated(text)] == []
    assert [text for text in sentences_in_tags(source) if untranslated(text)] == []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_code_says_nothing_without_a_translation(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert [text for node in ast.walk(tree) for text in said(node) if untranslated(text)] == []


def said(node: ast.AST) -> Iterator[str]:
    """The literal texts of a node that people read: arguments of calls that tell them something, labels of choices."""
    if isinstance(node, ast.Call):
        name = _called(node)
        if name in TELLING and _owner(node) not in LOGGERS:
            arguments = node.args[1:] if name == "add_error" else node.args  # the first names a field
            yield from (text for argument in arguments for text in literals(argument))
        if name not in ("field", "set_attributes"):
            yield from (text for one in node.keywords if one.arg in TELLING_ARGUMENTS for text in literals(one.value))
    if isinstance(node, ast.ClassDef):
        is_choice = any(isinstance(base, ast.Attribute) and base.attr in CHOICES for base in node.bases)
        for line in node.body:
            if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
                if line.targets[0].id in TELLING_NAMES:
                    yield from literals(line.value)
                if is_choice and isinstance(line.value, ast.Tuple):
                    yield from literals(line.value.elts[-1])


def literals(node: ast.expr) -> Iterator[str]:
    """The texts of an expression that are shown as they stand; not what gettext looks up, and no keys."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield from (str(part.value) for part in node.values if isinstance(part, ast.Constant))
    elif isinstance(node, ast.BinOp):
        yield from literals(node.left)
    elif isinstance(node, ast.IfExp):
        yield from [*literals(node.body), *literals(node.orelse)]


def _called(node: ast.Call) -> str:
    return str(getattr(node.func, "id", getattr(node.func, "attr", "")))


def _owner(node: ast.Call) -> str:
    return str(getattr(getattr(node.func, "value", None), "id", ""))

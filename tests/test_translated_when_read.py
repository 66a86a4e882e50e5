"""Words for people can be translated: marked where `makemessages` finds them, and looked up when they are read."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted(
    path
    for app in ("availability", "bookings", "config", "connections", "practice")
    for path in (ROOT / app).rglob("*.py")
    if "migrations" not in path.parts
)
AT_ONCE = {"gettext", "ngettext", "pgettext", "npgettext"}


@pytest.fixture(scope="module")
def modules() -> dict[str, ast.Module]:
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}


def called(node: ast.AST) -> str:
    """The name of what a call calls; "" of everything else."""
    if not isinstance(node, ast.Call):
        return ""
    return getattr(node.func, "id", "") or getattr(node.func, "attr", "")


def translators(module: ast.Module) -> set[str]:
    """The names under which a module looks words up at once, not when they are read."""
    names = [
        one
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for one in node.names
    ]
    return {one.asname or one.name for one in names if one.name in AT_ONCE}


def run_at_import(node: ast.AST) -> Iterator[ast.AST]:
    """Everything in a module that runs when it is imported: all but the bodies of functions."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        yield child
        yield from run_at_import(child)


def test_no_word_is_looked_up_while_a_module_is_imported(modules: dict[str, ast.Module]) -> None:
    assert [
        f"{name}:{node.lineno}"
        for name, module in modules.items()
        for names in [translators(module)]
        for node in run_at_import(module)
        if called(node) in names
    ] == []


def test_no_word_to_be_translated_stands_in_an_f_string(modules: dict[str, ast.Module]) -> None:
    """There `xgettext` does not find it."""
    assert [
        f"{name}:{string.lineno}"
        for name, module in modules.items()
        for names in [{*translators(module), "gettext_lazy", "ngettext_lazy"}]
        for string in ast.walk(module)
        if isinstance(string, ast.JoinedStr)
        for node in ast.walk(string)
        if called(node) in names
    ] == []

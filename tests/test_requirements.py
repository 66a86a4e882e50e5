"""Every package that the code imports is declared in requirements/*.in, in the file of those who need it."""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FILES = {
    "base.in": ("practice", "connections", "availability", "bookings", "operations", "config", "manage.py"),
    "demo.in": ("sandbox", "soak"),
    "dev.in": ("tests", "conftest.py"),
    "bench.in": ("benchmarks",),
}
OURS = {Path(name).stem for names in FILES.values() for name in names}
NAME = re.compile(r"[A-Za-z0-9._-]+")


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(file: str) -> set[str]:
    """The distributions in a requirements file and in those that it includes with -r."""
    found: set[str] = set()
    for line in (ROOT / "requirements" / file).read_text().splitlines():
        if line.startswith("-r "):
            found |= declared(line.removeprefix("-r ").strip())
        elif name := NAME.match(line):
            found |= set() if line.startswith("-") else {normalized(name.group())}
    return found


def imported(path: Path) -> Iterator[str]:
    """The top-level packages that a file imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def third_party(name: str) -> set[str]:
    """The packages of others that a directory or file of the project imports."""
    path = ROOT / name
    files = [path] if path.is_file() else path.rglob("*.py")
    return {package for file in files for package in imported(file)} - sys.stdlib_module_names - OURS


@pytest.mark.parametrize(("file", "name"), [(file, name) for file, names in FILES.items() for name in names])
def test_every_imported_package_is_declared(file: str, name: str) -> None:
    known, distributions = declared(file), packages_distributions()
    undeclared = {
        package
        for package in third_party(name)
        if not known & {normalized(one) for one in distributions.get(package, [package])}
    }
    assert undeclared == set()


def test_what_only_the_sandbox_and_the_soak_test_need_is_not_installed_with_kalends() -> None:
    assert declared("demo.in") - declared("base.in") == {"werkzeug", "aiosmtpd"}


def test_no_compiled_file_names_an_index_or_a_host() -> None:
    compiled = "".join(path.read_text() for path in (ROOT / "requirements").glob("*.txt"))
    assert re.findall(r"--(?:index-url|extra-index-url|find-links|trusted-host)|https?://", compiled) == []


def test_the_package_of_the_calendar_reader_is_pinned_with_a_hash_and_without_a_host() -> None:
    text = (ROOT / "tests" / "ical_js" / "package-lock.json").read_text()
    packages = json.loads(text)["packages"]
    assert [package["integrity"][:7] for name, package in packages.items() if name] == ["sha512-"]
    assert "http" not in text


def test_every_requirements_file_is_compiled_with_hashes() -> None:
    folder = ROOT / "requirements"
    assert {path.stem for path in folder.glob("*.txt")} == {path.stem for path in folder.glob("*.in")}
    for path in folder.glob("*.txt"):
        pins = re.findall(r"^\S+==.*$", path.read_text(), re.MULTILINE)
        assert [pin for pin in pins if not pin.endswith("\\")] == []

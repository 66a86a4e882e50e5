"""The version of Kalends, from its one source: pyproject.toml. No Django."""

from __future__ import annotations

import tomllib
from importlib import metadata
from pathlib import Path

_PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"


def version() -> str:
    """The version in pyproject.toml or, where Kalends is installed as a package, the one that was made from it."""
    if _PROJECT.is_file():
        return str(tomllib.loads(_PROJECT.read_text())["project"]["version"])
    return metadata.version("kalends")

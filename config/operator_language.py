"""The language of a shell: commands speak that of whoever runs them, as other programs of the system do."""

from __future__ import annotations

import gettext
import re
from collections.abc import Mapping, MutableMapping
from typing import Final

from config import FILES

DOMAIN: Final = "django"
LOCALES: Final = FILES / "locale"
ENGLISH: Final = "en"
VARIABLES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")
"""What names the language of messages; the first that is set counts (POSIX)."""


def operator_language(environment: Mapping[str, str]) -> str:
    """The language of ours that the environment names; English for C, for what we do not speak, and for nothing."""
    name = next(filter(None, map(environment.get, VARIABLES)), "")
    language = re.split(r"[_.@-]", name, maxsplit=1)[0].lower()
    return language if language.isalpha() and (LOCALES / language).is_dir() else ENGLISH


def speak(language: str, environment: MutableMapping[str, str]) -> None:
    """Let Python's own gettext speak the language: argparse uses it, and so does what is said of invalid settings."""
    environment["LANGUAGE"] = language
    gettext.bindtextdomain(DOMAIN, LOCALES)
    gettext.textdomain(DOMAIN)

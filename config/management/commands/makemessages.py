"""`makemessages`, of what people read: the code and the templates of the product, without what only developers see."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import makemessages

FOLDERS = ("availability", "bookings", "config", "connections", "operations", "practice", "templates")
"""Where the words for people are. The demo and the tools for developers speak English only."""
DEMO_TEMPLATES = "templates/sandbox/"


def is_for_people(path: str) -> bool:
    """Does the file, by its path in the repository, have words that clients, staff or operators read?"""
    name = path.replace("\\", "/").removeprefix("./")
    return name.partition("/")[0] in FOLDERS and not name.startswith(DEMO_TEMPLATES)


class Command(makemessages.Command):
    """Collects the words in locale/*/LC_MESSAGES/django.po: `make messages`. Nothing is translated by a guess."""

    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]

    def find_files(self, root: str) -> list[Any]:
        return [file for file in super().find_files(root) if is_for_people(file.path)]

"""`makemessages`, of what clients read and whoever is invited: other pages of staff are in English only."""

from __future__ import annotations

import re
from typing import Any

from django.core.management.commands import makemessages

FOR_CLIENTS = re.compile(
    r"(bookings/(public/.*|contacts/phones|templatetags/public_tags)|bookings/notifications/(client_mails|sentences)"
    r"|practice/(time_format|team/.*|models/invitation|management/commands/invite)|bookings/pages/team/.*"
    r"|bookings/(actions|pages)/leaving/.*|bookings/management/commands/deactivate)\.py"
    r"|templates/(mail|public|bookings/(team|leaving))/.*\.html"
)
"""The files with words for clients and for those who are invited, by their path in the repository."""


def is_for_clients(path: str) -> bool:
    """Does the file have words that clients or invited people read?"""
    return bool(FOR_CLIENTS.fullmatch(path.replace("\\", "/").removeprefix("./")))


class Command(makemessages.Command):
    """Collects the words in locale/*/LC_MESSAGES/django.po: `make translations`."""

    def find_files(self, root: str) -> list[Any]:
        return [file for file in super().find_files(root) if is_for_clients(file.path)]

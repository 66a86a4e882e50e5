"""Write everything that is kept of a client into a ZIP."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings import actions
from bookings.management.arguments import client_numbered
from bookings.records.export import export_client
from practice.commands import Failed, JsonCommand, Refused


class Command(JsonCommand):
    help = gettext_lazy(
        "Write everything that is kept of a client into a ZIP: JSON for programs and a page for people."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--client", type=int, required=True, metavar="ID")
        parser.add_argument(
            "--output", type=Path, required=True, metavar="FILE", help=_("a file that does not exist yet")
        )

    def run(self, *, client: int, output: Path, **options: Any) -> dict[str, Any]:
        try:
            size = _export(client, output)
        except actions.Refused as error:
            raise Refused(str(error)) from None
        return {"client": client, "output": str(output), "bytes": size}

    def show(self, data: Any) -> None:
        self.stdout.write(_("Client %(client)s: %(output)s") % data)


@transaction.atomic
def _export(client: int, path: Path) -> int:
    """Write the file, of so many bytes. The activity has the export only if there is a file."""
    content = export_client(client_numbered(client), now=timezone.now())
    _write(path, content)
    return len(content)


def _write(path: Path, content: bytes) -> None:
    """Write a new file that nobody else can read. Refused if there is one, Failed if it cannot be written."""
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
    except FileExistsError:
        raise Refused(_("%(path)s exists already. Choose another --output.") % {"path": path}) from None
    except OSError as error:
        raise Failed(_("%(path)s cannot be written: %(reason)s.") % {"path": path, "reason": error.strerror}) from None

"""Write the support bundle to a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from operations.support.bundle import write_bundle
from practice.commands import JsonCommand, Refused


class Command(JsonCommand):
    help = gettext_lazy("Write a ZIP that says how Kalends is, without names, titles, addresses, hosts or passwords.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help=_("a file that does not exist yet, such as support.zip"))

    def run(self, *, file: str, **options: Any) -> dict[str, Any]:
        try:
            size = write_bundle(Path(file), timezone.now())
        except FileExistsError:
            raise Refused(_("%(file)s exists already. Choose another name, or remove it.") % {"file": file}) from None
        except OSError as error:
            values = {"file": file, "reason": error.strerror or type(error).__name__}
            raise Refused(_("%(file)s cannot be written: %(reason)s.") % values) from None
        return {"file": file, "octets": size}

    def show(self, data: Any) -> None:
        self.stdout.write(_("%(file)s is written. Its README.txt says what is in it.") % data)

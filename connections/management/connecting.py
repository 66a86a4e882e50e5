"""What the commands that connect an account share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from connections import accounts
from connections.models import Connection
from practice.commands import Failed, JsonCommand, Refused

UNANSWERED = ("not_reached", "no_answer", "untrusted")
"""The codes of problems that may be over at the next try."""


class ConnectCommand(JsonCommand):
    """A command that connects an account and prints its calendars."""

    help: str | Promise = ""

    def connect(self, how: Callable[[], Connection]) -> dict[str, Any]:
        """Connect by calling `how`; what was connected, for JSON. Raises Failed if nothing answered, else Refused."""
        try:
            connection = how()
        except accounts.ConnectFailed as error:
            raise (Failed if error.problem.code in UNANSWERED else Refused)(str(error)) from None
        return {
            "connection": connection.pk,
            "calendars": [
                {"path": row.path, "name": row.name, "color": row.color, "writable": row.writable}
                for row in connection.calendars.present()
            ],
        }

    def show(self, data: Any) -> None:
        self.stdout.write(_("Connected as connection %(id)s. Calendars:") % {"id": data["connection"]})
        for row in data["calendars"]:
            access = _("writer’s access") if row["writable"] else _("read-only")
            self.stdout.write(f"  {row['name']}  {row['path']}  ({access})")
        self.stdout.write(_("Next: configure_calendars, which says which of them block and which one is linked."))

"""Connect a staff member's iCloud account, or any CalDAV account by its URL."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connections import accounts
from connections.models import Connection
from practice.commands import Failed, JsonCommand, Refused, read_password, user_named


class Command(JsonCommand):
    help = gettext_lazy(
        "Connect a staff member's iCloud account. The app-specific password is asked for, or read from standard input."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", required=True)
        parser.add_argument("--apple-id", required=True)
        parser.add_argument("--url", default="", help=_("a CalDAV server other than iCloud"))

    def run(self, *, user: str, apple_id: str, url: str, **options: Any) -> Any:
        staff = user_named(user)
        password = read_password(_("Password: ") if url else _("App-specific password: "))
        try:
            connection = accounts.connect(staff, username=apple_id, password=password, url=url, now=timezone.now())
        except accounts.ConnectFailed as error:
            raise (Failed if error.problem.code == "not_reached" else Refused)(str(error)) from None
        return self._describe(connection)

    def _describe(self, connection: Connection) -> dict[str, Any]:
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

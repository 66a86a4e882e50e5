"""Make one client of several."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings import actions
from bookings.management.arguments import client_numbered
from practice.commands import JsonCommand, Refused


class Command(JsonCommand):
    help = gettext_lazy("Make one client of several; their bookings and their history move to the one that is kept.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--keep", type=int, required=True, metavar="ID", help=_("the client who stays"))
        parser.add_argument(
            "--into",
            type=int,
            action="extend",
            nargs="+",
            required=True,
            metavar="ID",
            help=_("who becomes that client"),
        )

    def run(self, *, keep: int, into: list[int], **options: Any) -> dict[str, Any]:
        client, others = client_numbered(keep), [client_numbered(one) for one in into]
        try:
            done = actions.merge_clients(client, others, now=timezone.now())
        except actions.Refused as error:
            raise Refused(str(error)) from None
        return {"client": done.client.pk, "merged": done.merged, "bookings": done.bookings}

    def show(self, data: Any) -> None:
        self.stdout.write(_("Client %(client)s has the bookings of all of them now; %(bookings)s moved.") % data)

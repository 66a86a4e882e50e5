"""Erase a client."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bookings import actions
from bookings.management.arguments import client_numbered
from bookings.records.erase import erase_client
from bookings.records.scrub import scrub_if_due
from bookings.records.unreached import unreached_sentences
from practice.commands import JsonCommand, Refused


class Command(JsonCommand):
    help = gettext_lazy(
        "Erase a client: everything that says who they are is rewritten, and their events lose the name. "
        "Bookings stay without one. It cannot be undone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--client", type=int, required=True, metavar="ID")

    def run(self, *, client: int, **options: Any) -> dict[str, Any]:
        person = client_numbered(client)
        try:
            done = erase_client(person, now=timezone.now())
        except actions.Refused as error:
            raise Refused(str(error)) from None
        is_scrubbed = scrub_if_due()
        unreached = unreached_sentences(person)
        return {"client": done.client, "events": done.events, "unreached": unreached, "scrubbed": is_scrubbed}

    def show(self, data: Any) -> None:
        self.stdout.write(_("Client %(client)s is erased.") % data)
        if data["events"]:
            said = ngettext(
                "The workers make %(count)s event nameless.",
                "The workers make %(count)s events nameless.",
                data["events"],
            )
            self.stdout.write(said % {"count": data["events"]})
        for sentence in data["unreached"]:
            self.stdout.write(sentence)
        if not data["scrubbed"]:
            self.stdout.write(_("The database is in use; the workers overwrite what is left in its file."))

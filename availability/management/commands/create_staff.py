"""A person who can be booked, from a shell."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from availability.new_staff import create_staff
from connections.models import CalendarConfiguration
from practice.commands import JsonCommand, Refused, new_user


class Command(JsonCommand):
    help = gettext_lazy(
        "Create a staff member with hours Monday to Friday 9:00-17:00. "
        "The password comes from a prompt or from standard input."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--username", required=True)
        parser.add_argument("--timezone", required=True, help=_("an IANA zone such as Europe/Berlin"))
        parser.add_argument("--email", default="")

    def run(self, *, username: str, timezone: str, email: str, **options: Any) -> dict[str, str]:
        if not timezone.strip():
            raise Refused(_("Give a --timezone, such as Europe/Berlin."))
        configuration = CalendarConfiguration(time_zone=timezone, when_moved=CalendarConfiguration.WhenMoved.FOLLOW)
        try:
            configuration.clean_fields(exclude=["user"])
        except ValidationError as error:
            raise Refused(" ".join(error.messages)) from None
        user = new_user(username, email)
        create_staff(user, configuration)
        return {"user": user.username, "time_zone": configuration.time_zone}

    def show(self, data: dict[str, str]) -> None:
        self.stdout.write(_("Created %(user)s in %(time_zone)s, with hours Monday to Friday 9:00-17:00.") % data)

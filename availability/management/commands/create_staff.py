"""A person who can be booked, from a shell."""

from __future__ import annotations

from datetime import time
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from availability.models import write_week
from connections.models import CalendarConfiguration
from practice.commands import JsonCommand, Refused, read_password
from practice.models import User

NINE_TO_FIVE = time(9), time(17)
MONDAY_TO_FRIDAY = range(5)


class Command(JsonCommand):
    help = (
        "Create a staff member with hours Monday to Friday 9:00-17:00. "
        "The password comes from a prompt or from standard input."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--username", required=True)
        parser.add_argument("--timezone", required=True, help=_("an IANA zone such as Europe/Berlin"))
        parser.add_argument("--email", default="")

    def run(self, **options: Any) -> dict[str, str]:
        self._check(options["username"], options["timezone"])
        user = User(username=options["username"], email=options["email"])
        configuration = CalendarConfiguration(user=user, time_zone=options["timezone"])
        try:
            user.full_clean(exclude=["password"])
            configuration.clean_fields(exclude=["user"])
            password = read_password(_("Password for %(name)s: ") % {"name": user.username})
            validate_password(password, user)
        except ValidationError as error:
            raise Refused(" ".join(error.messages)) from None
        user.set_password(password)
        create(user, configuration)
        return {"user": user.username, "time_zone": configuration.time_zone}

    def _check(self, username: str, zone: str) -> None:
        """Refuse what is empty, and a name that differs from another by its capitals only: nobody tells them apart."""
        if not username.strip():
            raise Refused(_("Give a --username, such as anna."))
        if not zone.strip():
            raise Refused(_("Give a --timezone, such as Europe/Berlin."))
        if known := User.objects.filter(username__iexact=username).first():
            raise Refused(_("There is already a user “%(name)s”; choose another --username.") % {"name": known})

    def show(self, data: dict[str, str]) -> None:
        self.stdout.write(_("Created %(user)s in %(time_zone)s, with hours Monday to Friday 9:00-17:00.") % data)


@transaction.atomic
def create(user: User, configuration: CalendarConfiguration) -> None:
    """Save the user with what every staff member has from the start: a configuration and office hours."""
    user.save()
    configuration.user = user
    configuration.save()
    write_week(user, [(weekday, NINE_TO_FIVE) for weekday in MONDAY_TO_FRIDAY])

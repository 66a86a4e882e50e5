"""Connect a staff member's account at any provider, or a calendar by its web address."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connections import accounts
from connections.management.connecting import ConnectCommand
from connections.models import Connection
from connections.providers import PROVIDERS, Provider
from practice.commands import Refused, read_password, user_named
from practice.models import User


class Command(ConnectCommand):
    help = gettext_lazy(
        "Connect a staff member's account at a calendar provider. The password, or the web address of a calendar, is "
        "asked for, or read from standard input."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--provider", required=True, choices=list(PROVIDERS))
        parser.add_argument("--user", required=True)
        parser.add_argument("--username", default="", help=_("the user name of the account"))
        parser.add_argument("--url", default="", help=_("the address of the server, for providers without a fixed one"))

    def run(self, *, provider: str, user: str, username: str, url: str, **options: Any) -> Any:
        staff, chosen = user_named(user), PROVIDERS[provider]
        return self._account(staff, chosen, username, url) if chosen.is_two_way else self._feed(staff, username, url)

    def _account(self, staff: User, provider: Provider, username: str, url: str) -> dict[str, Any]:
        password = read_password(f"{capfirst(str(provider.words.password))}: ")
        account = {"username": username, "password": password, "url": url, "provider": provider.slug}
        return self.connect(partial(accounts.connect, staff, **account, now=timezone.now()))

    def _feed(self, staff: User, username: str, url: str) -> dict[str, Any]:
        """The address opens the calendar, so other processes should not see it among the arguments."""
        if username:
            raise Refused(_("A calendar by web address has no user name. Leave --username out."))
        address = url or read_password(_("Web address: "))
        return self.connect(partial(accounts.connect_feed, staff, address=address, now=timezone.now()))

    def show(self, data: Any) -> None:
        connection = Connection.objects.select_related("user__calendar_configuration").get(pk=data["connection"])
        if not connection.is_feed:
            super().show(data)
            return
        words = {"id": connection.pk, "calendar": connection.title, "address": connection.username}
        self.stdout.write(_("Added as connection %(id)s: “%(calendar)s” (%(address)s).") % words)
        if connection.user.calendar_configuration.saved_at is None:
            self.stdout.write(_("Next: configure_calendars. Until calendars are chosen nobody can book this person."))
        else:
            self.stdout.write(_("It blocks time from now on, and receives no bookings."))

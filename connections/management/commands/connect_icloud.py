"""Connect a staff member's iCloud account, or any CalDAV account by its URL."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connections import accounts
from connections.management.connecting import ConnectCommand
from practice.commands import read_password, user_named


class Command(ConnectCommand):
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
        account = {"username": apple_id, "password": password, "url": url}
        return self.connect(partial(accounts.connect, staff, **account, now=timezone.now()))

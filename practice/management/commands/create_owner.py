"""Somebody who may do everything, from a shell."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from practice.commands import JsonCommand, new_user
from practice.setup.owner import save_owner


class Command(JsonCommand):
    help = gettext_lazy("Create an owner of the practice. The password comes from a prompt or from standard input.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--username", required=True)
        parser.add_argument("--email", required=True)

    def run(self, *, username: str, email: str, **options: Any) -> dict[str, str]:
        user = new_user(username, email)
        save_owner(user)
        return {"user": user.username, "email": user.email, "role": user.role}

    def show(self, data: dict[str, str]) -> None:
        self.stdout.write(_("Created %(user)s, an owner of the practice.") % data)

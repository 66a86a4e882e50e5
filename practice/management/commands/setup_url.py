"""The secret address of the first run."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from practice.commands import JsonCommand, Refused
from practice.setup.token import is_first_run, setup_address


class Command(JsonCommand):
    help = gettext_lazy(
        "Print the address at which the first user makes their account. It is secret, and works until there is one."
    )

    def run(self, **options: Any) -> dict[str, str]:
        if not is_first_run():
            raise Refused(_("There is a user already. Make further owners with create_owner."))
        return {"url": setup_address()}

    def show(self, data: dict[str, str]) -> None:
        self.stdout.write(data["url"])

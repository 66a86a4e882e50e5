"""For somebody who lost their phone and their recovery codes."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from practice.commands import JsonCommand, user_named
from practice.mails.notices import tell
from practice.sign_in.sessions import end_sessions


class Command(JsonCommand):
    help = gettext_lazy(
        "Remove the second factors and recovery codes of a user and end their sessions. They are told by e-mail."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", required=True)

    def run(self, *, user: str, **options: Any) -> dict[str, Any]:
        somebody = user_named(user)
        removed = sorted(Authenticator.objects.filter(user=somebody).values_list("type", flat=True))
        Authenticator.objects.filter(user=somebody).delete()
        end_sessions(somebody)
        tell(somebody, somebody.email, "second_factor_reset")
        return {"user": somebody.username, "removed": removed}

    def show(self, data: dict[str, Any]) -> None:
        self.stdout.write(_("%(user)s signs in with the password alone now.") % data)

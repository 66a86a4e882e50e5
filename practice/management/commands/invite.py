"""Inviting somebody to work here, from a shell."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from practice.commands import JsonCommand, Refused
from practice.models import Invitation, Practice, User
from practice.team.invitations import InvitationRefused, invite
from practice.team.links import invitation_address
from practice.time_format import day_and_clock_in
from practice.times import iso


class Command(JsonCommand):
    help = gettext_lazy(
        "Invite somebody by e-mail. The workers send the link; where e-mails are only printed, it is printed here. "
        "Who is invited already gets a new link, and the former one no longer works."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True)
        parser.add_argument("--role", required=True, choices=User.Role.values)

    def run(self, *, email: str, role: str, **options: Any) -> dict[str, Any]:
        try:
            validate_email(email)
            invitation = invite(email, role, by=None, now=timezone.now())
        except ValidationError as error:
            raise Refused(" ".join(error.messages)) from None
        except InvitationRefused as refusal:
            raise Refused(str(refusal)) from None
        by_hand = invitation.mail_state == Invitation.MailState.BY_HAND
        return {
            "email": invitation.email,
            "role": invitation.role,
            "expires_at": iso(invitation.expires_at),
            "link": invitation_address(invitation) if by_hand else None,
        }

    def show(self, data: dict[str, Any]) -> None:
        until = day_and_clock_in(Practice.current().zone, datetime.fromisoformat(data["expires_at"]))
        words = {"email": data["email"], "until": until}
        if data["link"] is None:
            said = _("The workers e-mail an invitation to %(email)s. Its link works until %(until)s.")
            self.stdout.write(said % words)
            return
        self.stdout.write(_("Nothing was mailed, because EMAIL_URL is not set to a mail server."))
        self.stdout.write(_("Give this link to %(email)s; it works until %(until)s:") % words)
        self.stdout.write(data["link"])

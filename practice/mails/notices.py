"""Mails that tell people what happened to their own account, so that they notice what they did not do."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_q.tasks import async_task

from practice.language import mail_language
from practice.mails.content import Button, Content, Heading, fact_list, paragraph
from practice.mails.message import mail_from_practice
from practice.models import Practice, User
from practice.time_format import day_clock_and_zone

HEADINGS: Final[dict[str, Promise]] = {
    "account/email/email_changed": gettext_lazy("Your e-mail address was changed"),
    "account/email/password_changed": gettext_lazy("Your password was changed"),
    "account/email/password_reset": gettext_lazy("Your password was changed"),
    "account/email/password_set": gettext_lazy("Your password was changed"),
    "mfa/email/recovery_codes_generated": gettext_lazy("You have new recovery codes"),
    "mfa/email/totp_activated": gettext_lazy("An authenticator app was added to your account"),
    "mfa/email/totp_deactivated": gettext_lazy("The authenticator app was removed from your account"),
    "mfa/email/webauthn_added": gettext_lazy("A passkey was added to your account"),
    "second_factor_reset": gettext_lazy("Your second factor was removed by the person who runs Kalends"),
    "mfa/email/webauthn_removed": gettext_lazy("A passkey was removed from your account"),
}
"""What happened, by the name of allauth's template, or our own word."""


def tell(user: User, address: str, kind: str, **facts: str) -> None:
    """Let the worker mail a user at this address what happened; nobody waits for the mail server."""
    if address:
        async_task("practice.mails.notices.send_notice", user.pk, address, kind, {"at": timezone.now(), **facts})


def send_notice(user_id: int, address: str, kind: str, facts: dict[str, Any]) -> None:
    """Task: tell a user at this address what happened to their account."""
    user = User.objects.get(pk=user_id)
    with translation.override(mail_language(user)):
        mail_from_practice(notice(user, kind, facts), address).send()


def notice(user: User, kind: str, facts: dict[str, Any]) -> Content:
    """What the mail says. `facts` has `at` and, if known, `from`; of a new e-mail address, `to_email`."""
    heading = str(HEADINGS[kind])
    account = f"{settings.BASE_URL}{reverse('practice:account')}"
    return Content(
        heading,
        translation.get_language() or settings.LANGUAGE_CODE,
        (
            Heading(heading),
            fact_list(
                (_("User name"), user.get_username()),
                (_("When"), _written(facts["at"])),
                (_("From the address"), facts.get("from", "")),
                (_("New e-mail address"), facts.get("to_email", "")),
            ),
            paragraph(_("If it was you, you need not do anything. If not, set a new password and tell the owner.")),
            Button(_("Your account"), account),
        ),
    )


def _written(at: datetime) -> str:
    with timezone.override(Practice.current().zone):
        return day_clock_and_zone(at)

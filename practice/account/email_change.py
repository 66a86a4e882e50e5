"""Another e-mail address for one's account. It counts when the link that is mailed to it was opened.

Nothing is stored meanwhile: the link says whose address becomes which, and works while the old one is still theirs.
"""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Self

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from practice.mails.content import Button, Content, Heading, paragraph
from practice.mails.message import mail_from_practice
from practice.models import User

SALT: Final = "practice.account.email"
LINK_AGE: Final = timedelta(days=1)


class NotSent(Exception):
    """The mail server did not take the mail."""


@dataclass(frozen=True, slots=True)
class EmailChange:
    """A user’s address that shall become another."""

    user_id: int
    old: str
    new: str

    @classmethod
    def of_token(cls, token: str) -> Self | None:
        """The change that a link asks for; None if the link is too old, forged, or was used."""
        try:
            change = cls(*signing.loads(token, salt=SALT, max_age=LINK_AGE))
        except signing.BadSignature:
            return None
        return change if change.user else None

    @property
    def user(self) -> User | None:
        """The user, if their address is still the old one."""
        return User.objects.filter(pk=self.user_id, email=self.old, is_active=True).first()

    @property
    def link(self) -> str:
        token = signing.dumps([self.user_id, self.old, self.new], salt=SALT)
        return f"{settings.BASE_URL}{reverse('practice:confirm_email', args=[token])}"

    def send_link(self) -> None:
        """Mail the link to the new address. Raises NotSent if the mail server does not take it."""
        try:
            mail_from_practice(self._content(), self.new).send()
        except (smtplib.SMTPException, OSError) as error:
            raise NotSent from error

    def _content(self) -> Content:
        heading = _("Confirm your e-mail address")
        why = _("Somebody, probably you, entered this address for an account. It counts once you open this link.")
        ignore = _("The link works for one day. If it was not you, you need not do anything.")
        button = Button(_("Confirm the address"), self.link)
        language = translation.get_language() or settings.LANGUAGE_CODE
        return Content(heading, language, (Heading(heading), paragraph(why), button, paragraph(ignore, is_small=True)))

"""The mail with the link of an invitation."""

from __future__ import annotations

import smtplib

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from practice.mails.content import Button, Content, Heading, paragraph
from practice.mails.message import mail_from_practice
from practice.models import Invitation, Practice
from practice.team.links import invitation_address
from practice.time_format import day_clock_and_zone

MailState = Invitation.MailState


def send_invitation(key: int) -> None:
    """Task: mail the link of an invitation, and note whether that worked. Not if it is over or was mailed already."""
    waiting = Invitation.objects.pending().filter(pk=key, mail_state=MailState.DUE).select_related("invited_by")
    for invitation in waiting:
        state = MailState.SENT if _is_sent(invitation) else MailState.FAILED
        waiting.filter(generation=invitation.generation).update(mail_state=state)


def _is_sent(invitation: Invitation) -> bool:
    """Does the mail server take the mail?"""
    practice = Practice.current()
    with translation.override(practice.language or settings.LANGUAGE_CODE), timezone.override(practice.zone):
        try:
            mail_from_practice(_content(invitation, practice), invitation.email).send()
        except (smtplib.SMTPException, OSError):
            return False
    return True


def _content(invitation: Invitation, practice: Practice) -> Content:
    """What the mail says, in the active language and zone."""
    heading = _invited_to(practice)
    until = _("The link works until %(time)s, and once.") % {"time": day_clock_and_zone(invitation.expires_at)}
    ignore = _("If you do not know why you get this e-mail, you need not do anything.")
    return Content(
        heading,
        translation.get_language() or settings.LANGUAGE_CODE,
        (
            Heading(heading),
            paragraph(_by_whom(invitation), _what_follows()),
            Button(_("Accept the invitation"), invitation_address(invitation)),
            paragraph(until, ignore, is_small=True),
        ),
    )


def _invited_to(practice: Practice) -> str:
    if practice.name:
        return _("You are invited to work with %(practice)s") % {"practice": practice.name}
    return _("You are invited to work with Kalends")


def _by_whom(invitation: Invitation) -> str:
    """Who invites, and as what."""
    words = {"role": invitation.get_role_display(), "person": ""}
    if invitation.invited_by is None:
        return _("Your role: %(role)s.") % words
    words["person"] = invitation.invited_by.get_full_name() or invitation.invited_by.get_username()
    return _("%(person)s invites you. Your role: %(role)s.") % words


def _what_follows() -> str:
    return _("Choose a user name and a password, then you are signed in to the calendar and the bookings.")

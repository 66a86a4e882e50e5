"""Mail to the address that a client had, when somebody has replaced it: nobody redirects another's mails in silence."""

from __future__ import annotations

from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from bookings.contacts.phones import display_phone
from bookings.contacts.written import email_key
from bookings.models import ClientChange
from bookings.notifications import emails
from bookings.notifications.client_notice import MAIL_LEASE
from connections import guard, leases
from practice.models import Practice
from practice.models.restore import outgoing_waits

COLUMN = "mail_claimed_until"
GIVE_UP_AFTER = timedelta(days=3)


def tell_former_addresses(now: datetime) -> int:
    """Tell addresses that were replaced, each once; how many mails went out. What could not be sent is sent later."""
    due = ClientChange.objects.filter(mail_due_at__lte=now, mail_due_at__gt=now - GIVE_UP_AFTER)
    sent, untold = 0, list(due.filter(leases.free(now, COLUMN)).select_related("client"))
    for change in untold if untold and not outgoing_waits() else ():
        mine = due.filter(pk=change.pk)
        if leases.take(mine, now, until=now + MAIL_LEASE, column=COLUMN):
            with guard.isolate_failure(f"telling the former address of client change {change.pk}"):
                told = _mail(change)
                leases.release(mine, column=COLUMN, mail_due_at=None, mailed_at=now if told else None)
                sent += told
    return sent


def _mail(change: ClientChange) -> bool:
    """Mail one address; False if it is the client's again, or if the server refuses it for good."""
    address = change.before["email"]
    if email_key(address) == change.client.email_key:
        return False
    practice = Practice.current()
    with translation.override(change.client.language or practice.language or settings.LANGUAGE_CODE):
        subject, body = _("Your e-mail address was changed"), _body(practice)
    try:
        emails.send(subject, body, address)
    except SMTPRecipientsRefused:  # it would be logged with the address, and trying again does not help
        return False
    return True


def _body(practice: Practice) -> str:
    """What is said is nothing that a stranger at a mistyped address must not know: neither a name nor a time."""
    lines = [_("Hello,"), "", _was_changed(practice.name), "", _what_to_do(practice)]
    return "\n".join([*lines, "", practice.name]).strip()


def _was_changed(practice: str) -> str:
    if not practice:
        return _("The e-mail address for your appointments with us was changed.")
    return _("The e-mail address for your appointments at %(practice)s was changed.") % {"practice": practice}


def _what_to_do(practice: Practice) -> str:
    if practice.phone:
        phone = display_phone(practice.phone, practice.country)
        return _("If this was not you, call %(phone)s.") % {"phone": phone}
    if practice.email:
        return _("If this was not you, write to %(email)s.") % {"email": practice.email}
    return _("If this was not you, please tell us.")

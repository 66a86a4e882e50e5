"""One mail to one person: plain text, HTML and, for an appointment that belongs into a calendar, the calendar part."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import formataddr

from django.core.mail import EmailMultiAlternatives

from bookings.contacts.written import one_line
from bookings.notifications.addresses import Mailbox
from bookings.notifications.calendar_part import CalendarEntry, mail_part
from bookings.notifications.facts import PracticeFacts
from practice.mails.addresses import encode_domain
from practice.mails.content import Content
from practice.mails.html import html_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Who writes to whom. `message_id` is `<…@…>`; `unsubscribe_url` takes the POST of RFC 8058, for reminders only."""

    message_id: str
    sender: Mailbox
    recipient: Mailbox
    unsubscribe_url: str = ""


def build_message(
    content: Content, envelope: Envelope, practice: PracticeFacts, entry: CalendarEntry | None = None
) -> EmailMultiAlternatives:
    """The mail, ready to be sent.

    The calendar part is the last alternative and has no Content-Disposition, because Outlook reads only such a one.
    Raises SMTPRecipientsRefused for a domain that cannot exist.
    """
    message = EmailMultiAlternatives(
        subject=one_line(content.subject),
        body=content.as_text(),
        from_email=_header(envelope.sender),
        to=[_header(Mailbox("", envelope.recipient.address))],
        headers=_headers(envelope),
    )
    message.attach_alternative(as_html(content, practice), "text/html")
    part = mail_part(entry) if entry else None
    if entry and part:
        message.attach_alternative(part, f"text/calendar; method={entry.method}")
    return message


def as_html(content: Content, practice: PracticeFacts) -> str:
    """The HTML of the mail, as the practice looks."""
    return html_of(content, name=practice.name, logo_url=practice.logo_url, colour=practice.colour)


def _header(mailbox: Mailbox) -> str:
    return formataddr((one_line(mailbox.name), encode_domain(mailbox.address)))


def _headers(envelope: Envelope) -> dict[str, str]:
    headers = {"Message-ID": envelope.message_id, "Auto-Submitted": "auto-generated"}
    if envelope.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{envelope.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers

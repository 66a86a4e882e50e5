"""One mail to one person: plain text, HTML and, for an appointment that belongs into a calendar, the calendar part."""

from __future__ import annotations

from collections.abc import Iterable
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


def attach_entries(message: EmailMultiAlternatives, entries: Iterable[CalendarEntry]) -> None:
    """Attach several appointments, each as a file with an invitation or a cancellation of its own.

    A REQUEST is about one UID (RFC 5546 3.2.2), and each appointment keeps its own, so that a later mail moves or
    cancels that one alone. RFC 6047 allows several in one mail, but CalConnect advises against it (iMipBest-Practices
    in CalConnect/DEVGUIDE), because programs differ. Read in their sources and manuals, not tried with real accounts:

    - Outlook takes one calendar part for the whole mail, ignores all events in it but the first, and shows attachments
      as files, which can be opened one by one (MS-STANOICAL 2.2.175). As attachments they leave the mail readable.
    - Thunderbird offers the buttons for the last part alone (`CalMimeConverter`), Nextcloud Mail for each
      (`ImapMessageFetcher`). What Gmail and Apple Mail offer is not documented.

    So the mail also links one file that has all of them.
    """
    parts = ((entry, mail_part(entry)) for entry in entries)
    for number, (entry, part) in enumerate(((entry, part) for entry, part in parts if part), start=1):
        message.attach(f"appointment-{number}.ics", part, f"text/calendar; method={entry.method}")


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

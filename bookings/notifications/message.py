"""One mail to one person: plain text, HTML and, for an appointment that belongs into a calendar, the calendar part."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import formataddr

import css_inline
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from bookings.contacts.written import one_line
from bookings.notifications.addresses import Mailbox, encode_domain
from bookings.notifications.calendar_part import CalendarEntry, mail_part
from bookings.notifications.content import Content
from bookings.notifications.facts import PracticeFacts

DEFAULT_COLOUR = "#0b57c2"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_INLINER = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


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
    """The HTML of the mail, with its styles at each element, which is all that some programs read."""
    colour = practice.colour if _COLOUR.fullmatch(practice.colour) else DEFAULT_COLOUR
    values = {
        "content": content,
        "name": practice.name,
        "logo_url": practice.logo_url,
        "colour": colour,
        "ink": ink_on(colour),
    }
    return _INLINER.inline(render_to_string("mail/base.html", values))


def ink_on(colour: str) -> str:
    """Black or white, whichever can be read better on the colour (WCAG 2.2, relative luminance)."""
    return "#000000" if _luminance(colour) > 0.179 else "#ffffff"


def _luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _header(mailbox: Mailbox) -> str:
    return formataddr((one_line(mailbox.name), encode_domain(mailbox.address)))


def _headers(envelope: Envelope) -> dict[str, str]:
    headers = {"Message-ID": envelope.message_id, "Auto-Submitted": "auto-generated"}
    if envelope.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{envelope.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers

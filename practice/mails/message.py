"""A mail from the practice to somebody who works there."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from practice.mails.addresses import encode_domain
from practice.mails.content import Content
from practice.mails.html import html_of
from practice.models import Practice


def mail_from_practice(content: Content, address: str) -> EmailMultiAlternatives:
    """The mail, ready to be sent. Raises SMTPRecipientsRefused for a domain that cannot exist."""
    practice = Practice.current()
    logo_url = f"{settings.BASE_URL}{practice.logo_url}" if practice.logo_url else ""
    message = EmailMultiAlternatives(
        subject=" ".join(content.subject.split()),
        body=content.as_text(),
        from_email=practice.from_header,
        to=[encode_domain(address)],
        headers={"Auto-Submitted": "auto-generated"},
    )
    html = html_of(content, name=practice.name, logo_url=logo_url, colour=practice.colour)
    message.attach_alternative(html, "text/html")
    return message

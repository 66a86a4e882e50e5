"""Mails from the practice to those who work there."""

from __future__ import annotations

import pytest
from lxml import html

from practice.mails.content import Button, Content, Heading
from practice.mails.message import mail_from_practice
from practice.models import Practice

CONTENT = Content("Hello\r\nBcc: x@example.com", "en", (Heading("Hello"), Button("Open", "https://x.example/")))


@pytest.mark.django_db
def test_it_comes_from_the_practice_and_looks_like_it() -> None:
    Practice.objects.create(name="Praxis Winter", email="praxis@example.com", colour="#1d6b4f")
    mail = mail_from_practice(CONTENT, "anna@müller.example")
    assert (mail.subject, mail.from_email, mail.to, mail.body) == (
        "Hello Bcc: x@example.com",
        "Praxis Winter <praxis@example.com>",
        ["anna@xn--mller-kva.example"],
        "Hello\n\nOpen:\nhttps://x.example/\n",
    )
    [(text, kind)] = mail.alternatives
    page = html.fromstring(str(text))
    assert (kind, [one.text for one in page.find_class("brand")]) == ("text/html", ["Praxis Winter"])
    assert "#1d6b4f" in page.find_class("button")[0].get("style")

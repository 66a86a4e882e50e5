"""Domains as they are written on the wire."""

from __future__ import annotations

from smtplib import SMTPRecipientsRefused

import pytest

from practice.mails.addresses import encode_domain


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("max@maßanfertigung.example", "max@xn--maanfertigung-cdb.example"),
        ("max@MASSANFERTIGUNG.example", "max@MASSANFERTIGUNG.example"),
        ("max@müller.example", "max@xn--mller-kva.example"),
    ],
)
def test_a_domain_is_encoded_as_it_was_typed(typed: str, sent: str) -> None:
    assert encode_domain(typed) == sent


def test_a_domain_that_cannot_exist_is_refused() -> None:
    with pytest.raises(SMTPRecipientsRefused):
        encode_domain("max@\u0300ß.example")

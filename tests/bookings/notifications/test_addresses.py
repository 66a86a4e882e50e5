"""Addresses of mails."""

from __future__ import annotations

from smtplib import SMTPRecipientsRefused

import pytest

from bookings.notifications.addresses import encode_domain, is_same_mailbox


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


def test_case_and_encoding_do_not_make_another_mailbox() -> None:
    assert is_same_mailbox("Max@Müller.example", "max@xn--mller-kva.example")
    assert not is_same_mailbox("max@muller.example", "max@müller.example")

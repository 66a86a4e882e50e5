"""Addresses of mails."""

from __future__ import annotations

from bookings.notifications.addresses import is_same_mailbox


def test_case_and_encoding_do_not_make_another_mailbox() -> None:
    assert is_same_mailbox("Max@Müller.example", "max@xn--mller-kva.example")
    assert not is_same_mailbox("max@muller.example", "max@müller.example")

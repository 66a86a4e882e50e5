"""What keeps clients from booking."""

from __future__ import annotations

from typing import Any

import pytest

from practice.models import Practice
from practice.profile.missing import missing_for_clients, missing_now

COMPLETE = {"name": "Praxis", "phone": "030 1", "email": "a@example.com", "imprint": "I", "privacy_notice": "P"}
SENTENCES = [
    "Enter the name of the practice.",
    "Enter a phone number that clients can call.",
    "Enter the address that e-mails come from.",
    "Set EMAIL_URL to your mail server. Now e-mails are only printed, not sent.",
    "Enter the imprint.",
    "Enter the privacy notice, or write a draft of it.",
]


def test_an_empty_practice_lacks_everything_in_the_order_of_the_page() -> None:
    assert missing_for_clients(Practice(), mail_is_sent=False) == SENTENCES


def test_a_complete_practice_lacks_nothing() -> None:
    assert missing_for_clients(Practice(**COMPLETE), mail_is_sent=True) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, SENTENCES[0]),
        ({"phone": ""}, SENTENCES[1]),
        ({"email": ""}, SENTENCES[2]),
        ({"imprint": " \n"}, SENTENCES[4]),
        ({"privacy_notice": ""}, SENTENCES[5]),
    ],
)
def test_each_thing_is_named_when_only_it_is_missing(changes: dict[str, str], sentence: str) -> None:
    assert missing_for_clients(Practice(**{**COMPLETE, **changes}), mail_is_sent=True) == [sentence]


def test_the_sender_is_the_address_of_the_practice_unless_it_has_its_own() -> None:
    practice = Practice(**{**COMPLETE, "email": "", "sender": "book@example.com"})
    assert missing_for_clients(practice, mail_is_sent=True) == []
    assert practice.from_header == "Praxis <book@example.com>"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("backend", "missing"),
    [
        ("config.console.EmailBackend", SENTENCES[3:4]),
        ("django.core.mail.backends.console.EmailBackend", SENTENCES[3:4]),
        ("django.core.mail.backends.dummy.EmailBackend", []),
        ("django.core.mail.backends.locmem.EmailBackend", []),
        ("django.core.mail.backends.filebased.EmailBackend", []),
        ("django.core.mail.backends.smtp.EmailBackend", []),
    ],
)
def test_mails_that_are_only_printed_do_not_count(settings: Any, backend: str, missing: list[str]) -> None:
    Practice.objects.create(**COMPLETE)
    settings.EMAIL_BACKEND = backend
    assert missing_now() == missing

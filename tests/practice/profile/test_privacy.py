"""The draft of the privacy notice says what is configured."""

from __future__ import annotations

import pytest

from practice.models import Practice
from practice.profile.privacy import PrivacyFacts, write_draft

PRACTICE = Practice(name="Müller & Söhne", phone="030 1234567", email="praxis@example.com", address="Weg 1\nBerlin")


def draft(language: str, facts: PrivacyFacts | None = None, months: int = 12) -> str:
    return write_draft(PRACTICE, facts or PrivacyFacts(), language=language, months=months)


@pytest.mark.parametrize(
    ("language", "first", "kept"),
    [
        ("de", "Entwurf, bitte prüfen lassen", "Wir bewahren Ihre Daten 12 Monate nach Ihrem letzten Termin auf."),
        ("en", "Draft, have it checked", "We keep your data for 12 months after your last appointment"),
    ],
)
def test_it_is_marked_as_a_draft_and_says_who_and_how_long(language: str, first: str, kept: str) -> None:
    text = draft(language)
    assert text.splitlines()[0] == first
    assert [one in text for one in (kept, "Müller & Söhne\nWeg 1\nBerlin\n", "030 1234567", "praxis@example.com")] == (
        [True] * 4
    )


@pytest.mark.parametrize(
    ("language", "name", "busy"),
    [
        ("de", "- Apple (iCloud): Unser Team sieht Termine dort", "die Uhrzeit ohne Ihren Namen"),
        ("en", "- Apple (iCloud): our staff see appointments", "the time, without your name"),
    ],
)
def test_apple_is_named_with_what_it_gets(language: str, name: str, busy: str) -> None:
    apple = ("Apple (iCloud)",)
    texts = [draft(language, facts) for facts in (PrivacyFacts(), PrivacyFacts(apple), PrivacyFacts((), apple))]
    assert [("Apple" in text, name in text) for text in texts] == [(False, False), (True, True), (True, True)]
    assert busy in draft(language, PrivacyFacts(times_at=apple))


def test_one_month_is_singular() -> None:
    assert ("1 Monat nach" in draft("de", months=1), "1 month after" in draft("en", months=1)) == (True, True)


@pytest.mark.parametrize(("language", "words"), [("de", "weitere Fragen"), ("en", "further questions")])
def test_questions_are_named_where_there_are_some(language: str, words: str) -> None:
    texts = [draft(language, PrivacyFacts(asks_questions=asked)) for asked in (False, True)]
    assert [words in text for text in texts] == [False, True]

"""Sentences that pages share with mails."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bookings.notifications import client_mails, sentences
from tests.bookings.notifications.appointments import FACTS


@pytest.mark.parametrize(
    ("by_phone", "last"), [(True, "We will call you by Thu 18:00."), (False, "We will e-mail you by Thu 18:00.")]
)
def test_a_pending_client_is_told_how_the_answer_comes(by_phone: bool, last: str) -> None:
    answer_by = datetime(2026, 12, 3, 17, tzinfo=UTC)
    with client_mails.clients_words(FACTS):
        told = sentences.not_confirmed_sentences(answer_by, written_at=FACTS.written_at, by_phone=by_phone)
    assert told == ("Your request has arrived.", "It is not confirmed yet.", last)


def test_an_address_to_confirm_is_shown_masked() -> None:
    with client_mails.clients_words(FACTS):
        told = sentences.address_sentence("klein@client.de", datetime(2026, 11, 28, 14, 40, tzinfo=UTC))
    assert told == (
        "One step is missing: open the e-mail we have just sent to k…@….de. Without it the time is released at 15:40."
    )

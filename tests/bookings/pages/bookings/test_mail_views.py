"""The page that an e-mail about a move opens."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from practice.models import User
from tests.bookings.notifications.test_move_mail import followed, link
from tests.bookings.practice import Practice
from tests.pages import headings_and_buttons


def test_the_page_is_in_the_language_of_its_addressee(
    practice: Practice, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed(practice)
    User.objects.update(language="de")
    monkeypatch.setattr(timezone, "now", lambda: practice.now)
    page = client.get(link(), headers={"accept-language": "en"})
    assert headings_and_buttons(page) == (
        ["Auf Ihrem iPhone verschoben"],
        ["Rückgängig machen", "Jetzt benachrichtigen"],
    )

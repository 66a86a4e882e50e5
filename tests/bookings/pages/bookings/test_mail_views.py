"""The page that an e-mail about a move opens."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from practice import models as settings
from practice.models import User
from tests.bookings.notifications.test_move_mail import followed, link
from tests.bookings.practice import Practice
from tests.pages import headings_and_buttons, texts


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


def test_the_page_carries_the_name_of_the_practice(
    practice: Practice, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed(practice)
    settings.Practice.objects.update_or_create(defaults={"name": "Praxis Winter"})
    monkeypatch.setattr(timezone, "now", lambda: practice.now)
    page = client.get(link())
    assert texts(page, "//main//p[@class='letterhead']") == ["Praxis Winter"]
    assert texts(page, "//title") == ["Moved on your iPhone · Praxis Winter · Kalends"]

"""The practice of the soak test."""

from __future__ import annotations

from typing import Any

import pytest

from bookings.models import Service
from practice.profile.missing import missing_now
from sandbox.server.server import Sandbox
from soak.mails.server import MailServer
from soak.people import create_people


@pytest.mark.django_db
def test_clients_may_book_everything_that_the_practice_offers(icloud: Sandbox, settings: Any) -> None:
    settings.EMAIL_BACKEND, settings.ICLOUD_CALDAV_URL = "django.core.mail.backends.smtp.EmailBackend", icloud.entry_url
    people = create_people(icloud, MailServer(0))
    assert missing_now() == []
    offered = [(service.slug, service.staff.count()) for service in Service.objects.listed().order_by("slug")]
    assert offered == [("massage", 4), ("talk", 4), ("visit", 4)]
    assert [user.username for user in people.staff] == ["anna", "ben", "cleo", "dora"]

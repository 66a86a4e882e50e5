"""Pages that a link in an e-mail to staff opens: they are written for whom it was sent to, signed in or not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils import timezone, translation

from connections.models import CalendarConfiguration
from practice.models import User


@contextmanager
def read_by(addressee: User) -> Iterator[None]:
    """Words in the language of the addressee, until the request ends, and times in their zone."""
    translation.activate(addressee.language or translation.get_language() or settings.LANGUAGE_CODE)
    with timezone.override(CalendarConfiguration.of(addressee).zone):
        yield

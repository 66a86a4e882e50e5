"""Pages that a link in an e-mail to staff opens: they are written for whom it was sent to, signed in or not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone, translation

from connections.models import CalendarConfiguration
from practice.language import mail_language
from practice.models import User


@contextmanager
def read_by(addressee: User) -> Iterator[None]:
    """Words as in the e-mail, in the addressee's language and clock, until the request ends; times in their zone."""
    translation.activate(mail_language(addressee))
    with timezone.override(CalendarConfiguration.of(addressee).zone):
        yield

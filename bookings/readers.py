"""Whoever reads what is written without a page: in which language, and on which clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone, translation

from connections.models import CalendarConfiguration
from practice.language import mail_language
from practice.models import User


@contextmanager
def as_read_by(user: User) -> Iterator[None]:
    """Word what is said inside for somebody who works here: in their language, on their clock and in their zone."""
    with translation.override(mail_language(user)), timezone.override(CalendarConfiguration.of(user).zone):
        yield

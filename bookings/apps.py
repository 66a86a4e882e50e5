from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BookingsConfig(AppConfig):
    """Knows people."""

    name = "bookings"
    verbose_name = _("Bookings")

    def ready(self) -> None:
        from bookings.pages import search  # noqa: F401 - adds its function to SQLite

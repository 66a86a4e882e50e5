from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AvailabilityConfig(AppConfig):
    """Knows time."""

    name = "availability"
    verbose_name = _("Availability")

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AvailabilityConfig(AppConfig):
    """Hours, date overrides, blocked slots, and the openings that follow from them."""

    name = "availability"
    verbose_name = _("Availability")

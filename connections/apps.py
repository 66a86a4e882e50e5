from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConnectionsConfig(AppConfig):
    """Knows iCloud."""

    name = "connections"
    verbose_name = _("Connections")

from __future__ import annotations

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ChecksConfig(AppConfig):
    """Registers the checks that stop a bad deployment, and how times are read from SQLite."""

    name = "config"

    def ready(self) -> None:
        from config import checks, sqlite_times  # noqa: F401 - registering is their effect


class SupportConfig(AdminConfig):
    """Django's admin, of which browsers store no page."""

    default_site = "config.support_site.SupportSite"

from __future__ import annotations

from django.apps import AppConfig


class ChecksConfig(AppConfig):
    """Registers the checks that stop a bad deployment."""

    name = "config"

    def ready(self) -> None:
        from config import checks  # noqa: F401 - registering is its effect

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OperationsConfig(AppConfig):
    """Knows how Kalends is run: its processes, its backups and what operators look at."""

    name = "operations"
    verbose_name = _("Operations")

    def ready(self) -> None:
        from operations.metrics import writer
        from practice.telemetry import measurements

        measurements.set_writer(writer.start)

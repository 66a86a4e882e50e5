"""What the workers run after a restore. Names are stored in the database: they change only with the schedules."""

from __future__ import annotations

from django.utils import timezone

from operations.restored import steps
from practice.models import Restore
from practice.models.restore import waiting_restore


def go_on() -> None:
    """On schedule: audit as soon as all calendars were read and compared. Reading and comparing have their own."""
    restore = waiting_restore()
    if restore is not None:
        steps.audit_if_compared(restore, timezone.now())
        return
    latest = Restore.objects.order_by("pk").last()
    if latest is not None and latest.unread_connections:
        steps.settle_unread(latest)

"""What leaves this copy waits after it was restored from a backup: everything that pushes or mails asks here."""

from __future__ import annotations

from practice.models import Restore


def outgoing_waits() -> bool:
    """Was this copy restored, and has nobody finished that yet? Then nothing is pushed, and nobody is mailed.

    Mails that belong to signing in go out all the same. One query.
    """
    return waiting_restore() is not None


def waiting_restore() -> Restore | None:
    """The restore that is not finished yet, if there is one."""
    return Restore.objects.waiting().order_by("pk").last()


def asks_about(connection_id: int | None) -> bool:
    """Must staff be asked before a booking follows what this account lacks?

    So it is after a restore until everything was compared, and for an account without which somebody went on until
    that was read: the backup does not know what was cancelled or moved after it.
    """
    latest = Restore.objects.order_by("pk").last()
    if latest is None:
        return False
    return latest.finished_at is None or connection_id in latest.unread_connections

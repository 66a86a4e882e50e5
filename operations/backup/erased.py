"""Nobody who was erased comes back: the lists of who was are joined, and applied to the restored database."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from redis import RedisError

from bookings.actions import Refused
from bookings.models import Client
from bookings.records.erase import erase_client
from bookings.records.erased_log import erased_keys
from bookings.records.scrub import scrub_if_due
from operations.backup.errors import BackupRefused, reason_of


def join_erased_logs(others: Iterable[Path]) -> list[str]:
    """Add the lines of other lists, those that exist, to that of this deployment; the ids that it has then.

    Raises BackupRefused if one cannot be read or written.
    """
    own = Path(settings.ERASED_LOG)
    try:
        known = set(erased_keys(own)) if own.exists() else set()
        lines = [line for path in others if path.exists() for line in path.read_text().splitlines() if line.strip()]
        new = {line.split()[-1]: line for line in lines if line.split()[-1] not in known}
        if new:
            _append(own, list(new.values()))
        return erased_keys(own) if own.exists() else []
    except (OSError, UnicodeError) as error:
        reason = reason_of(error) if isinstance(error, OSError) else "UTF-8"
        raise BackupRefused(_("A list of who was erased cannot be used: %(reason)s.") % {"reason": reason}) from error


def _append(path: Path, lines: list[str]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    number = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(number, "rb+") as file:
        text = file.read()
        start = "" if not text or text.endswith(b"\n") else "\n"
        file.write((start + "".join(f"{line}\n" for line in lines)).encode())
        file.flush()
        os.fsync(number)


def erase_again(keys: Iterable[str], now: datetime) -> int:
    """Erase those clients of the database who are in the list; how many. Raises BackupRefused."""
    clients = list(Client.objects.filter(erasure_key__in=list(keys), erased_at=None))
    try:
        for client in clients:
            erase_client(client, now=now)
    except Refused as error:
        raise BackupRefused(str(error)) from error
    except RedisError as error:  # erasing queues a task
        raise BackupRefused(_("The broker of REDIS_URL does not answer. Start it, then try again.")) from error
    scrub_if_due()
    return len(clients)

"""Puts the support bundle together, and writes it to a file."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder

from operations.account_check.results import load_results
from operations.support.history import history
from operations.support.odd_events import odd_events
from operations.support.ordinals import Ordinals
from operations.support.settings_listed import listed_settings
from operations.support.states import states
from operations.support.versions import versions

README: Final = """Kalends support bundle

What is in here:
  versions.json        Kalends, Python, Django, the database, the installed packages
  settings.json        numbers and switches; of secrets, hosts and addresses only whether they are set
  state.json           connections, calendars, pushes, e-mails, schedules, migrations, workers: codes, counts and times
  history.json         the last syncs: what was asked, how the servers answered, how long it took
  odd_events.json      events that Kalends could not read: names of properties and shapes of values, no values
  account_checks.json  the results of kalends verify-account, if it was run

What is not in here: names, titles, notes, e-mail addresses, phone numbers, passwords, keys, hosts, the paths of
calendars and events, and anything that clients wrote. Numbers that stand for people, connections and calendars count
from 1 and are good for this bundle only.

You can open every file and read it before you send it.
"""


def bundle(now: datetime) -> bytes:
    """The ZIP as it is at `now` (aware)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", README)
        for name, data in _parts(now):
            archive.writestr(name, json.dumps(data, cls=DjangoJSONEncoder, indent=1))
    return buffer.getvalue()


def _parts(now: datetime) -> Iterator[tuple[str, Any]]:
    numbers = Ordinals.now()
    yield "versions.json", {"made_at": now, **versions()}
    yield "settings.json", listed_settings()
    yield "state.json", states(now, numbers)
    yield "history.json", history(numbers)
    yield "odd_events.json", odd_events(numbers)
    yield "account_checks.json", load_results()


def write_bundle(file: Path, now: datetime) -> int:
    """Write the ZIP to a new file that only its user can read, and return its size.

    Raises FileExistsError if there is such a file already, and other OSErrors if it cannot be written.
    """
    data = bundle(now)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        opened.write(data)
    return len(data)

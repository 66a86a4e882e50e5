"""Many instances on one machine take turns, so that they do not all poll in the same second. No Django."""

from __future__ import annotations

import hashlib
from datetime import timedelta


def offset(instance: str, period: timedelta) -> timedelta:
    """The place of an instance in a period: the same for its name whenever it is asked, at least 0, below `period`.

    Without a name (an instance that is alone on its machine) it is 0.
    """
    if not instance:
        return timedelta()
    number = int.from_bytes(hashlib.sha256(instance.encode()).digest()[:8])
    return period * (number / 2**64)

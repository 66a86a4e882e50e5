"""Writing down what an owner may have to account for."""

from __future__ import annotations

from datetime import datetime

from practice.models import Activity, User

Kind = Activity.Kind


def note(
    kind: Kind,
    now: datetime,
    *,
    actor: User | None = None,
    user: User | None = None,
    client: int | None = None,
    detail: str = "",
    address: str = "",
) -> Activity:
    """Write down that `actor` (None: a command or a schedule) did something, to `user` or to the client of a number."""
    return Activity.objects.create(
        at=now, kind=kind, actor=actor, user=user, client=client, detail=detail, address=address or None
    )

"""The calendar home: what one listing says of an account's calendars, and the rows that follow it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from connections import dav
from connections.models import Calendar, CalendarConfiguration, Connection
from connections.problems import Problem


def read(session: dav.Session, connection: Connection) -> list[dav.RemoteCalendar]:
    """List the home: one request; three more where the home is not known yet or has moved.

    Sets the connection's paths and addresses where they were found anew, without saving. Raises DavError.
    """
    if connection.home_path:
        try:
            return session.calendars(connection.home_path)
        except dav.NotFound:
            pass  # the account may have moved: ask the entry host where it lives now
    discover(session, connection)
    return session.calendars(connection.home_path)


def discover(session: dav.Session, connection: Connection) -> None:
    """Ask where the account's calendars are. Sets paths and addresses, without saving. Raises DavError."""
    found = session.discover()
    connection.principal_path = found.principal
    connection.home_path = found.path
    connection.addresses = sorted(found.addresses | {f"mailto:{connection.username.lower()}"})


def write(
    connection: Connection, listed: Sequence[dav.RemoteCalendar], session: dav.Session, now: datetime
) -> list[Problem]:
    """Let the calendar rows follow a listing; problems of selected calendars that it lacks.

    Identity is the path, never the name. A calendar missing from the listing is gone only after its own URL says so.
    Only what differs is written: a listing without change costs one query.
    """
    rows = follow(connection, listed)
    missing = [row for path, row in rows.items() if path not in {remote.path for remote in listed}]
    return [problem for row in missing if (problem := _missing(session, row, now))]


def follow(connection: Connection, listed: Sequence[dav.RemoteCalendar]) -> dict[str, Calendar]:
    """Make and rename rows as the listing has it; the rows that were known before, by path."""
    rows = {row.path: row for row in Calendar.objects.filter(connection=connection)}
    ask = bool({remote.path for remote in listed} - rows.keys()) and _has_chosen(connection)
    for position, remote in enumerate(listed):
        _follow(connection, rows.get(remote.path), remote, position, ask=ask)
    return rows


def _has_chosen(connection: Connection) -> bool:
    """Has the staff member saved a choice of calendars? Then a new calendar is asked about, not pre-ticked."""
    return CalendarConfiguration.objects.filter(user=connection.user_id).exclude(saved_at=None).exists()


def _follow(
    connection: Connection, row: Calendar | None, remote: dav.RemoteCalendar, position: int, *, ask: bool
) -> None:
    values = {
        "name": remote.name[:300],
        "color": remote.color,
        "writable": remote.writable,
        "shared": remote.shared,
        "position": position,
        "listed_token": remote.token,
        "gone_at": None,
    }
    if row is None:
        Calendar.objects.create(
            connection=connection,
            path=remote.path,
            conflict=remote.writable and not ask,
            asked_about=not ask,
            **values,
        )
        return
    if row.gone_at is not None:
        values |= {"error_code": "", "error_params": {}}
    differs = {name: value for name, value in values.items() if getattr(row, name) != value}
    if differs:
        Calendar.objects.filter(pk=row.pk).update(**differs)


def _missing(session: dav.Session, row: Calendar, now: datetime) -> Problem | None:
    """Decide upon a calendar that the home does not list any more."""
    selected = row.conflict or row.linked_by.exists()
    if row.gone_at is not None:
        return Problem("calendar_gone") if selected else None
    gone = not session.exists(row.path)
    if not selected:
        if gone:
            row.delete()
        return None
    problem = Problem("calendar_gone" if gone else "calendar_missing")
    row.gone_at = now if gone else None
    row.error_code, row.error_params = problem.code, problem.params
    row.save(update_fields=["gone_at", "error_code", "error_params"])
    return problem

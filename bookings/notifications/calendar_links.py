"""Links that add an appointment to a calendar on the web. Such an entry is a copy: it does not follow changes."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from bookings.notifications.calendar_part import CalendarEntry

GOOGLE = "https://calendar.google.com/calendar/render"
OUTLOOK = "https://outlook.live.com/calendar/0/deeplink/compose"


def google_link(entry: CalendarEntry) -> str:
    """Opens Google Calendar with the appointment filled in."""
    return _link(
        GOOGLE,
        action="TEMPLATE",
        text=entry.summary,
        dates=f"{_compact(entry.start)}/{_compact(entry.end)}",
        ctz=entry.zone,
        details="\n".join(entry.description),
        location=entry.location,
    )


def outlook_link(entry: CalendarEntry) -> str:
    """Opens Outlook on the web with the appointment filled in."""
    return _link(
        OUTLOOK,
        path="/calendar/action/compose",
        rru="addevent",
        subject=entry.summary,
        startdt=_extended(entry.start),
        enddt=_extended(entry.end),
        body="\n".join(entry.description),
        location=entry.location,
    )


def _link(base: str, **fields: str) -> str:
    """Outlook takes a plus for itself, so a space is written as %20."""
    return f"{base}?{urlencode(fields, quote_via=quote)}"


def _compact(moment: datetime) -> str:
    return _extended(moment).replace("-", "").replace(":", "")


def _extended(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"

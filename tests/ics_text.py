"""Calendar files as short as they can be, for tests that do not care what is in them."""

from __future__ import annotations


def event(uid: str, summary: str = "Dentist") -> bytes:
    """One timed event on 1 December 2026, 10:00 to 11:00 UTC."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Kalends//Tests//EN",
        "BEGIN:VEVENT",
        f"UID:{uid}",
        "DTSTAMP:20261122T080000Z",
        "DTSTART:20261201T100000Z",
        "DTEND:20261201T110000Z",
        f"SUMMARY:{summary}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{line}\r\n" for line in lines).encode()

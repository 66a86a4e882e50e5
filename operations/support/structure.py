"""Reduces a calendar file to its structure: names of properties and the shapes of their values. No Django.

A name, a parameter or a value that no standard and no well-known program defines is not shown, because people and
programs put anything there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from connections.ical import content_lines
from connections.ical.content_lines import Line


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MAX_LINES: Final = 200
UNKNOWN: Final = "?"
NAMES: Final = _words(
    """
    BEGIN END VERSION PRODID CALSCALE METHOD UID DTSTAMP DTSTART DTEND DURATION RRULE EXRULE RDATE EXDATE RECURRENCE-ID
    STATUS TRANSP SEQUENCE SUMMARY DESCRIPTION LOCATION CLASS PRIORITY CATEGORIES CREATED LAST-MODIFIED URL GEO
    ORGANIZER ATTENDEE ATTACH RELATED-TO COMMENT CONTACT RESOURCES REQUEST-STATUS ACTION TRIGGER REPEAT
    TZID TZNAME TZOFFSETFROM TZOFFSETTO TZURL
    X-APPLE-TRAVEL-DURATION X-APPLE-TRAVEL-RETURN-DURATION X-APPLE-TRAVEL-START X-APPLE-STRUCTURED-LOCATION
    X-APPLE-TRAVEL-ADVISORY-BEHAVIOR X-APPLE-DEFAULT-ALARM X-APPLE-CREATOR-IDENTITY X-RECURRENCE-EXCEPTION
    X-MICROSOFT-CDO-ALLDAYEVENT X-MICROSOFT-MSNCALENDAR-ALLDAYEVENT X-MICROSOFT-CDO-BUSYSTATUS X-FUNAMBOL-ALLDAY
    X-LIC-LOCATION X-WR-CALNAME X-WR-TIMEZONE X-KALENDS-UNREADABLE
    """
)
PARAMETERS: Final = _words("TZID VALUE RANGE PARTSTAT ROLE RSVP CUTYPE RELATED FMTTYPE ENCODING CN EMAIL")
WORDS: Final = _words(
    """
    VCALENDAR VEVENT VTODO VJOURNAL VFREEBUSY VTIMEZONE VALARM STANDARD DAYLIGHT TRUE FALSE GREGORIAN
    CONFIRMED TENTATIVE CANCELLED OPAQUE TRANSPARENT PUBLIC PRIVATE CONFIDENTIAL
    ACCEPTED DECLINED NEEDS-ACTION DELEGATED
    DATE DATE-TIME PERIOD DURATION URI TEXT THISANDFUTURE START END REQ-PARTICIPANT OPT-PARTICIPANT CHAIR INDIVIDUAL
    SECONDLY MINUTELY HOURLY DAILY WEEKLY MONTHLY YEARLY DISPLAY AUDIO EMAIL PUBLISH REQUEST BUSY FREE OOF UTC
    """
)
"""Values that say nothing about anybody."""
PARTS_OF_RULE: Final = _words(
    "FREQ UNTIL COUNT INTERVAL BYSECOND BYMINUTE BYHOUR BYDAY BYMONTHDAY BYYEARDAY BYWEEKNO BYMONTH BYSETPOS WKST"
)
RULES: Final = ("RRULE", "EXRULE")
TIMELIKE: Final = re.compile(r"[0-9TZPWDHMS+\-:,/.]*")
MAX_SHAPE: Final = 60


def structure(data: bytes) -> list[str]:
    """The lines of a calendar file as shapes, such as `DTSTART;TZID=text(13):99999999T999999`. Never raises."""
    lines = content_lines.split_lines(data)
    shown = [_shaped(content_lines.parse_line(raw)) for raw in lines[:MAX_LINES]]
    return shown + ([f"and {len(lines) - MAX_LINES} more lines"] if len(lines) > MAX_LINES else [])


def _shaped(line: Line) -> str:
    name = line.name if line.name in NAMES else UNKNOWN
    value = _rule(line.value) if name in RULES else _value(line.value)
    return f"{name}{''.join(_parameters(line))}:{value}"


def _parameters(line: Line) -> Iterator[str]:
    for name, value in line.params.items():
        yield f";{name if name in PARAMETERS else UNKNOWN}={_value(value)}"


def _rule(value: str) -> str:
    return ";".join(map(_part_of_rule, value.split(";")[:20]))


def _part_of_rule(part: str) -> str:
    name, sign, value = part.partition("=")
    known = name.upper() if name.upper() in PARTS_OF_RULE else UNKNOWN
    return f"{known}{sign}{_value(value)}"


def _value(value: str) -> str:
    if value.upper() in WORDS:
        return value.upper()
    if value and any(map(str.isdigit, value)) and TIMELIKE.fullmatch(value):
        shape = re.sub(r"[0-9]", "9", value)
        return shape if len(shape) <= MAX_SHAPE else f"{shape[:MAX_SHAPE]}…({len(shape)})"
    return f"text({len(value)})"

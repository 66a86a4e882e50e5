"""One way of writing dates and times, whoever writes them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils import formats, timezone

MOMENT = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
PRODUCT = ("availability", "bookings", "connections", "practice", "templates")
BY_HAND = re.compile(
    r"strftime|\|(?:date|time):_?\(?['\"](?!SHORT_|DATE|TIME|MONTH_DAY|YEAR_MONTH|[cDljF]['\"]|Y-m-d['\"]|md['\"])|:%[dHaAbB]"
)


@pytest.mark.parametrize(
    ("template", "written"),
    [
        ("{{ moment|date }}", "Tue 1 Dec 2026"),
        ("{{ moment|time }}", "10:00"),
        ('{{ moment|date:"DATETIME_FORMAT" }}', "Tue 1 Dec 2026, 10:00"),
        ('{{ moment|date:"SHORT_DATE_FORMAT" }}', "Tue 1 Dec"),
        ('{{ moment|date:"SHORT_DATETIME_FORMAT" }}', "Tue 1 Dec, 10:00"),
        ("{{ moment }}", "Tue 1 Dec 2026, 10:00"),
        ("{{ day }} {{ clock }}", "Tue 1 Dec 2026 00:30"),
    ],
)
def test_a_template_writes_times_one_way(template: str, written: str) -> None:
    values = {"moment": MOMENT, "day": date(2026, 12, 1), "clock": time(0, 30)}
    with timezone.override(ZoneInfo("Europe/Berlin")):
        assert Template(template).render(Context(values)) == written


def test_the_week_begins_on_monday() -> None:
    assert formats.get_format("FIRST_DAY_OF_WEEK") == 1


def test_nobody_writes_a_time_by_hand() -> None:
    """Formats for machines have their own places: ISO 8601, iCalendar, and what a browser's input fields want."""
    root = Path(settings.BASE_DIR)
    files = [path for name in PRODUCT for kind in ("*.py", "*.html") for path in (root / name).rglob(kind)]
    found = {str(path.relative_to(root)) for path in files if BY_HAND.search(path.read_text())}
    assert found == {"bookings/pages/why/forms.py", "connections/ical/moments.py"}

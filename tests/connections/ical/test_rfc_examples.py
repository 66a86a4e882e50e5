"""The examples of RFC 5545 3.8.5.3, all at 09:00 in New York, with the dates that the RFC lists."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.connections.ical.museum import calendar, expanded

NEW_YORK = ZoneInfo("America/New_York")
TUESDAYS = "1997-09: 2 9 16 23 30; 1997-10: 7 14 21 28; 1997-11: 4"

# DTSTART, rule, last day looked at, dates
BY_DATE = [
    ("19970902", "FREQ=DAILY;COUNT=10", "19991231", "1997-09: 2 3 4 5 6 7 8 9 10 11"),
    ("19970902", "FREQ=DAILY;INTERVAL=2", "19970912", "1997-09: 2 4 6 8 10 12"),
    ("19970902", "FREQ=DAILY;INTERVAL=10;COUNT=5", "19991231", "1997-09: 2 12 22; 1997-10: 2 12"),
    ("19970902", "FREQ=WEEKLY;COUNT=10", "19991231", TUESDAYS),
    (
        "19970902",
        "FREQ=WEEKLY;UNTIL=19971224T000000Z",
        "19991231",
        TUESDAYS + " 11 18 25; 1997-12: 2 9 16 23",
    ),
    (
        "19970902",
        "FREQ=WEEKLY;INTERVAL=2;WKST=SU",
        "19980220",
        "1997-09: 2 16 30; 1997-10: 14 28; 1997-11: 11 25; 1997-12: 9 23; 1998-01: 6 20; 1998-02: 3 17",
    ),
    (
        "19970902",
        "FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH",
        "19991231",
        "1997-09: 2 4 9 11 16 18 23 25 30; 1997-10: 2",
    ),
    (
        "19970902",
        "FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH",
        "19991231",
        "1997-09: 2 4 9 11 16 18 23 25 30; 1997-10: 2",
    ),
    (
        "19970901",
        "FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR",
        "19991231",
        "1997-09: 1 3 5 15 17 19 29; 1997-10: 1 3 13 15 17 27 29 31; 1997-11: 10 12 14 24 26 28; 1997-12: 8 10 12 22",
    ),
    (
        "19970902",
        "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH",
        "19991231",
        "1997-09: 2 4 16 18 30; 1997-10: 2 14 16",
    ),
    (
        "19970905",
        "FREQ=MONTHLY;COUNT=10;BYDAY=1FR",
        "19991231",
        "1997-09: 5; 1997-10: 3; 1997-11: 7; 1997-12: 5; 1998-01: 2; 1998-02: 6; 1998-03: 6; 1998-04: 3; "
        "1998-05: 1; 1998-06: 5",
    ),
    (
        "19970905",
        "FREQ=MONTHLY;UNTIL=19971224T000000Z;BYDAY=1FR",
        "19991231",
        "1997-09: 5; 1997-10: 3; 1997-11: 7; 1997-12: 5",
    ),
    (
        "19970907",
        "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU",
        "19991231",
        "1997-09: 7 28; 1997-11: 2 30; 1998-01: 4 25; 1998-03: 1 29; 1998-05: 3 31",
    ),
    (
        "19970922",
        "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO",
        "19991231",
        "1997-09: 22; 1997-10: 20; 1997-11: 17; 1997-12: 22; 1998-01: 19; 1998-02: 16",
    ),
    (
        "19970928",
        "FREQ=MONTHLY;BYMONTHDAY=-3",
        "19980228",
        "1997-09: 28; 1997-10: 29; 1997-11: 28; 1997-12: 29; 1998-01: 29; 1998-02: 26",
    ),
    (
        "19970902",
        "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15",
        "19991231",
        "1997-09: 2 15; 1997-10: 2 15; 1997-11: 2 15; 1997-12: 2 15; 1998-01: 2 15",
    ),
    (
        "19970930",
        "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1",
        "19991231",
        "1997-09: 30; 1997-10: 1 31; 1997-11: 1 30; 1997-12: 1 31; 1998-01: 1 31; 1998-02: 1",
    ),
    (
        "19970910",
        "FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15",
        "20091231",
        "1997-09: 10 11 12 13 14 15; 1999-03: 10 11 12 13",
    ),
    (
        "19970902",
        "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU",
        "19980331",
        "1997-09: 2 9 16 23 30; 1997-11: 4 11 18 25; 1998-01: 6 13 20 27; 1998-03: 3 10 17 24 31",
    ),
    (
        "19970610",
        "FREQ=YEARLY;COUNT=10;BYMONTH=6,7",
        "20091231",
        "1997-06: 10; 1997-07: 10; 1998-06: 10; 1998-07: 10; 1999-06: 10; 1999-07: 10; "
        "2000-06: 10; 2000-07: 10; 2001-06: 10; 2001-07: 10",
    ),
    (
        "19970310",
        "FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3",
        "20091231",
        "1997-03: 10; 1999-01: 10; 1999-02: 10; 1999-03: 10; 2001-01: 10; 2001-02: 10; 2001-03: 10; "
        "2003-01: 10; 2003-02: 10; 2003-03: 10",
    ),
    (
        "19970101",
        "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200",
        "20091231",
        "1997-01: 1; 1997-04: 10; 1997-07: 19; 2000-01: 1; 2000-04: 9; 2000-07: 18; "
        "2003-01: 1; 2003-04: 10; 2003-07: 19; 2006-01: 1",
    ),
    ("19970519", "FREQ=YEARLY;BYDAY=20MO", "19991231", "1997-05: 19; 1998-05: 18; 1999-05: 17"),
    ("19970512", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "19991231", "1997-05: 12; 1998-05: 11; 1999-05: 17"),
    (
        "19970313",
        "FREQ=YEARLY;BYMONTH=3;BYDAY=TH",
        "19991231",
        "1997-03: 13 20 27; 1998-03: 5 12 19 26; 1999-03: 4 11 18 25",
    ),
    (
        "19970605",
        "FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8",
        "19981231",
        "1997-06: 5 12 19 26; 1997-07: 3 10 17 24 31; 1997-08: 7 14 21 28; "
        "1998-06: 4 11 18 25; 1998-07: 2 9 16 23 30; 1998-08: 6 13 20 27",
    ),
    (
        "19970902\nEXDATE;TZID=America/New_York:19970902T090000",
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
        "20001231",
        "1998-02: 13; 1998-03: 13; 1998-11: 13; 1999-08: 13; 2000-10: 13",
    ),
    (
        "19970913",
        "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13",
        "19980630",
        "1997-09: 13; 1997-10: 11; 1997-11: 8; 1997-12: 13; 1998-01: 10; 1998-02: 7; 1998-03: 7; 1998-04: 11; "
        "1998-05: 9; 1998-06: 13",
    ),
    (
        "19961105",
        "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
        "20041231",
        "1996-11: 5; 2000-11: 7; 2004-11: 2",
    ),
    ("19970904", "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "19991231", "1997-09: 4; 1997-10: 7; 1997-11: 6"),
    (
        "19970929",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
        "19980331",
        "1997-09: 29; 1997-10: 30; 1997-11: 27; 1997-12: 30; 1998-01: 29; 1998-02: 26; 1998-03: 30",
    ),
    ("19970805", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "19991231", "1997-08: 5 10 19 24"),
    ("19970805", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "19991231", "1997-08: 5 17 19 31"),
    ("20070115", "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "20091231", "2007-01: 15 30; 2007-02: 15; 2007-03: 15 30"),
]

# rule, times of 2 September 1997
BY_TIME = [
    ("FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T210000Z", "09:00 12:00 15:00"),  # erratum 3883 corrects UNTIL
    ("FREQ=MINUTELY;INTERVAL=15;COUNT=6", "09:00 09:15 09:30 09:45 10:00 10:15"),
    ("FREQ=MINUTELY;INTERVAL=90;COUNT=4", "09:00 10:30 12:00 13:30"),
    ("FREQ=DAILY;BYHOUR=9,10;BYMINUTE=0,20,40", "09:00 09:20 09:40 10:00 10:20 10:40"),
    ("FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,10", "09:00 09:20 09:40 10:00 10:20 10:40"),
]


def starts(dtstart: str, rule: str, last: str) -> list[datetime]:
    first, _, more = dtstart.partition("\n")
    event = f"UID:x\nDTSTART;TZID=America/New_York:{first}T090000\nDURATION:PT5M\nRRULE:{rule}\n{more}"
    end = datetime.strptime(last + "235959", "%Y%m%d%H%M%S").replace(tzinfo=NEW_YORK)
    window = (datetime(1996, 1, 1, tzinfo=UTC), end.astimezone(UTC))
    return [instance.start.astimezone(NEW_YORK) for instance in expanded(calendar(event), window=window).instances]


def listed(dates: str) -> list[str]:
    months = (month.strip().split(": ") for month in dates.split(";"))
    return [f"{month}-{int(day):02} 09:00" for month, days in months for day in days.split()]


@pytest.mark.parametrize(("dtstart", "rule", "last", "dates"), BY_DATE)
def test_a_rule_falls_on_the_dates_that_the_rfc_lists(dtstart, rule, last, dates):
    assert [f"{start:%Y-%m-%d %H:%M}" for start in starts(dtstart, rule, last)] == listed(dates)


@pytest.mark.parametrize(("rule", "times"), BY_TIME)
def test_a_rule_falls_on_the_times_that_the_rfc_lists(rule, times):
    assert [f"{start:%H:%M}" for start in starts("19970902", rule, "19970902")] == times.split()


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA",
        "FREQ=DAILY;UNTIL=20000131T140000Z;BYMONTH=1",
    ],
)
def test_every_day_in_january_for_three_years_in_both_spellings(rule):
    dates = "; ".join(f"{year}-01: " + " ".join(map(str, range(1, 32))) for year in (1998, 1999, 2000))

    assert [f"{start:%Y-%m-%d %H:%M}" for start in starts("19980101", rule, "20091231")] == listed(dates)


def test_daily_until_christmas_ends_the_day_before():
    found = starts("19970902", "FREQ=DAILY;UNTIL=19971224T000000Z", "19991231")

    assert (len(found), f"{found[-1]:%Y-%m-%d %H:%M}") == (113, "1997-12-23 09:00")

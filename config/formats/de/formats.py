"""Dates and times in German. Names and meaning are those of the English formats."""

DATE_FORMAT = "D., j. N Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = r"D., j. N Y, H:i \U\h\r"
SHORT_DATE_FORMAT = "D., j. N"
SHORT_DATETIME_FORMAT = r"D., j. N, H:i \U\h\r"
MONTH_DAY_FORMAT = "j. F"
YEAR_MONTH_FORMAT = "F Y"
FIRST_DAY_OF_WEEK = 1  # Monday

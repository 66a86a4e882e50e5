"""Dates and times in English: the weekday first, which is what people look for, and a clock of 24 hours.

The short ones are for these weeks, so they leave the year out. Names and meaning are Django's, so that its filters and
the administration write the same; what a language lacks here comes from Django's own formats for it.
"""

DATE_FORMAT = "D j M Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "D j M Y, H:i"
SHORT_DATE_FORMAT = "D j M"
SHORT_DATETIME_FORMAT = "D j M, H:i"
MONTH_DAY_FORMAT = "j F"
YEAR_MONTH_FORMAT = "F Y"
FIRST_DAY_OF_WEEK = 1  # Monday

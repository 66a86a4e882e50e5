"""English with a clock of 12 hours, for staff who chose it (practice.language). The rest comes from `en`."""

TIME_FORMAT = "g:i A"
DATETIME_FORMAT = "D j M Y, g:i A"
SHORT_DATETIME_FORMAT = "D j M, g:i A"

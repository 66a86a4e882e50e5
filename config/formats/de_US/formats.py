"""German with a clock of 12 hours, for staff who chose it (practice.language). The rest comes from `de`."""

TIME_FORMAT = "g:i A"
DATETIME_FORMAT = "D., j. N Y, g:i A"
SHORT_DATETIME_FORMAT = "D., j. N, g:i A"

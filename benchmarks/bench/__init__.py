"""`make bench`: Kalends compared with other programs on the same calendars and servers."""

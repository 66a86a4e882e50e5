"""`make bench-first-sync`: what the first sync of a calendar costs where answers take their time."""

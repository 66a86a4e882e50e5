"""`make bench`: Kalends measured beside other programs."""

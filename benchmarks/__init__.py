"""`make bench` and `make bench-fleet`: what Kalends costs, beside what one would do otherwise, measured in one run."""

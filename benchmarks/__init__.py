"""Measurements, one for each `make` target.

- `make bench` (`bench/`): the cost of a sync, of a poll and of finding openings, compared with other programs.
- `make bench-fleet` (`fleet/`): how many connections one worker cluster can poll within the sync interval.
- `make bench-freshness` (`freshness.py`): whether a booking takes into account what iCloud knew a second before.
"""

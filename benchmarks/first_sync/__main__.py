"""`make bench-first-sync`: a first sync with batches of 50 over one connection, and as it is now, in one run.

The server answers after 250 ms, in the second case after 2 ms more for each event. Seconds depend on the load of the
machine, CPU seconds less and requests hardly.
"""

from __future__ import annotations

import sys

from benchmarks.bench.runner import empty_database
from benchmarks.bench.tables import target_table
from benchmarks.first_sync.measure import CASES, WAYS, first_sync_table, first_sync_verdicts, measure_first_syncs
from benchmarks.workspace import temporary_folder


def main() -> None:
    """Measure everything and print the tables."""
    with temporary_folder() as folder:
        rows = list(measure_first_syncs(CASES, list(WAYS), empty_database(folder), folder, _say))
    lines = [*first_sync_table(rows), *target_table(list(first_sync_verdicts(rows)))]
    sys.stdout.write("\n".join(lines) + "\n")


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    main()

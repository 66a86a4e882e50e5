"""What the samples of a run say: percentiles, and whether the goals were reached."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from math import ceil
from statistics import median

from benchmarks.clients.cpu import Shares

MAX_SLOWDOWN = 5
PERCENTS = (50, 90, 95, 99)
MONTH = "the month's page"
Row = tuple[int, datetime, datetime]  # staff member, start and end of a claim


@dataclass(frozen=True, slots=True)
class Sample:
    """One request with the redirect that followed. `status` is 0 where no answer came."""

    step: str
    seconds: float
    status: int

    @property
    def is_error(self) -> bool:
        return self.status != 200


@dataclass(frozen=True, slots=True)
class Run:
    """What was measured. `alone`: the month's page without other clients; `overlaps`: claims that overlap another.

    `cpu`: who used the processor while all clients were there; None where that is not known.
    """

    alone: Sequence[Sample]
    samples: Sequence[Sample]
    booked: int
    overlaps: int
    lost: Sequence[str] = field(default_factory=list)
    cpu: Shares | None = None


def percentile(values: Iterable[float], percent: int) -> float:
    """The smallest value that is not exceeded by so many percent of them (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, ceil(len(ordered) * percent / 100) - 1)]


def count_overlaps(rows: Iterable[Row]) -> int:
    """How many claims overlap the one before them; rows sorted by staff member and start."""
    return sum(one[0] == other[0] and one[2] > other[1] for one, other in pairwise(rows))


def report(run: Run) -> Iterator[str]:
    """The lines of the report."""
    yield f"{'':36}{'requests':>9}{'errors':>8}" + "".join(f"{f'p{percent}':>9}" for percent in PERCENTS)
    yield _line(f"{MONTH}, alone", run.alone)
    for step in dict.fromkeys(sample.step for sample in run.samples):
        yield _line(step, [sample for sample in run.samples if sample.step == step])
    yield ""
    if run.cpu:
        yield f"  {run.cpu}"
    for what, value, good in goals(run):
        yield f"  {what:<62}{value:<20}{'PASS' if good else 'MISSED'}"


def _line(what: str, samples: Sequence[Sample]) -> str:
    errors = sum(sample.is_error for sample in samples)
    seconds = [sample.seconds for sample in samples]
    return f"{what:36}{len(samples):>9}{errors:>8}" + "".join(
        f"{percentile(seconds, percent) * 1000:>6.0f} ms" for percent in PERCENTS
    )


def goals(run: Run) -> Iterator[tuple[str, str, bool]]:
    """What is to be reached, what was, and whether that is enough."""
    errors = sum(sample.is_error for sample in (*run.alone, *run.samples))
    slowdown = _slowdown(run)
    yield "requests without the page that was asked for", f"{errors}", errors == 0
    yield "claims that overlap another", f"{run.overlaps}", run.overlaps == 0
    yield "bookings that a client was told of", f"{run.booked}, {len(run.lost)} lost", bool(run.booked) and not run.lost
    yield (
        f"p95 of {MONTH} against its median alone, at most {MAX_SLOWDOWN}",
        f"{slowdown:.1f}",
        slowdown <= MAX_SLOWDOWN,
    )


def _slowdown(run: Run) -> float:
    months = [sample.seconds for sample in run.samples if sample.step == MONTH]
    return percentile(months, 95) / median(sample.seconds for sample in run.alone)


def is_good(run: Run) -> bool:
    """Whether every goal was reached."""
    return all(good for _what, _value, good in goals(run))

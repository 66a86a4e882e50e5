"""The targets. Most are ratios within one run, because machines differ and so does their load."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from benchmarks.bench.runner import (
    BARE_REQUESTS,
    FIRST,
    KALENDS,
    LIBRARY,
    LIVE,
    ONE,
    OPENINGS,
    POLL,
    READ_AND_EXPAND,
    TOGETHER,
    Block,
    Measured,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one target was met on one server. `reason`: why it was missed, empty when it was met.

    `cpu_ratio`: the same ratio for CPU instead of wall time, which depends less on other work of the machine.
    """

    server: str
    target: str
    bound: str
    value: str
    reason: str = ""
    cpu_ratio: str = ""


def verdicts(blocks: Sequence[Block]) -> Iterator[Verdict]:
    """Every target for which these blocks have results, by server."""
    for server in dict.fromkeys(block.server for block in blocks):
        mine = sorted((block for block in blocks if block.server == server), key=lambda block: block.size)
        for targets in (_library, _minimum, _size, _polls, _queries, _live):
            yield from targets(mine)


def _library(blocks: Sequence[Block]) -> Iterator[Verdict]:
    largest = blocks[-1]
    ours, library = largest.measured[KALENDS, FIRST], largest.measured[LIBRARY, FIRST]
    name = f"first sync of {largest.size:,}, times faster than the library"
    verdict = _at_least(largest, name, library.wall / ours.wall, 8, lambda: _shares(largest))
    yield replace(verdict, cpu_ratio=_cpu(library.cpu / ours.cpu))


def _minimum(blocks: Sequence[Block]) -> Iterator[Verdict]:
    largest = blocks[-1]
    ours, requests, reading = (largest.measured[one, FIRST] for one in (KALENDS, BARE_REQUESTS, READ_AND_EXPAND))
    name = f"first sync of {largest.size:,}, times (requests + reading + expanding)"
    verdict = _at_most(largest, name, ours.wall / (requests.wall + reading.wall), 2.5, lambda: _shares(largest))
    yield replace(verdict, cpu_ratio=_cpu(ours.cpu / (requests.cpu + reading.cpu)))


def _shares(block: Block) -> str:
    ours, requests = block.measured[KALENDS, FIRST], block.measured[BARE_REQUESTS, FIRST]
    each = ours.cpu / block.size * 1000
    return (
        f"{each:.2f} ms of CPU and {_queries_of(ours) / block.size:.2f} queries for each event, "
        f"{requests.wall / ours.wall:.0%} of the time spent waiting for the server"
    )


def _size(blocks: Sequence[Block]) -> Iterator[Verdict]:
    smallest, largest = blocks[0], blocks[-1]
    if smallest is largest:
        return
    small, large = (block.measured[KALENDS, ONE] for block in (smallest, largest))
    name = f"one change, CPU in {largest.size:,} against {smallest.size:,} events"
    reason = f"{large.cpu * 1000:.1f} against {small.cpu * 1000:.1f} ms"
    yield _at_most(largest, name, large.cpu / small.cpu, 1.2, lambda: reason)


def _polls(blocks: Sequence[Block]) -> Iterator[Verdict]:
    alone = blocks[-1].measured[KALENDS, POLL]
    many = [block.measured[KALENDS, TOGETHER] for block in blocks if (KALENDS, TOGETHER) in block.measured]
    reason = f"{_queries_of(alone):.0f} queries when one connection is polled alone"
    yield _at_most(blocks[-1], "poll without change, requests", alone.requests, 1, lambda: "more than the home")
    for together in many[-1:]:
        yield _at_most(blocks[-1], "poll without change, queries, of 20", _queries_of(together), 4, lambda: reason)
    yield _at_most(blocks[-1], "poll without change, ms of CPU, alone", alone.cpu * 1000, 10, lambda: reason)


def _queries(blocks: Sequence[Block]) -> Iterator[Verdict]:
    counts = [_queries_of(block.measured[KALENDS, OPENINGS]) for block in blocks]
    yield _at_most(blocks[-1], "openings of 30 days, SQL queries", max(counts), 8, lambda: "must not depend on size")


def _live(blocks: Sequence[Block]) -> Iterator[Verdict]:
    largest = blocks[-1]
    ours, live = largest.measured[KALENDS, OPENINGS], largest.measured[LIVE, OPENINGS]
    name = f"openings with {largest.counts['occurrences']:,} occurrences, times faster than a live search"
    reason = f"{ours.wall * 1000:.1f} against {live.wall * 1000:.0f} ms"
    verdict = _at_least(largest, name, live.wall / ours.wall, 200, lambda: reason)
    yield replace(verdict, cpu_ratio=_cpu(live.cpu / ours.cpu))


def _cpu(ratio: float) -> str:
    return f"CPU {ratio:.3g}"


def _queries_of(measured: Measured) -> float:
    return float(measured.figures.detail["queries"])


def _at_least(block: Block, target: str, value: float, bound: float, why: Callable[[], str]) -> Verdict:
    return Verdict(block.server, target, f">= {bound:g}", f"{value:.3g}", "" if value >= bound else why())


def _at_most(block: Block, target: str, value: float, bound: float, why: Callable[[], str]) -> Verdict:
    return Verdict(block.server, target, f"<= {bound:g}", f"{value:.3g}", "" if value <= bound else why())

"""What the numbers are held against, as ratios within one run: machines differ, and so does their load."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from benchmarks.bench.runner import (
    FIRST,
    FLOOR,
    KALENDS,
    LIBRARY,
    LIVE,
    ONE,
    OPENINGS,
    POLL,
    READING,
    TOGETHER,
    Block,
    Measured,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one target was met on one server: the value, and in what way it falls short ("" not at all).

    `aside` is the same ratio of CPU where the target is about time: other work on the machine disturbs it less.
    """

    server: str
    target: str
    bound: str
    value: str
    short: str = ""
    aside: str = ""


def verdicts(blocks: Sequence[Block]) -> Iterator[Verdict]:
    """Every target that can be judged from these blocks, by server."""
    for server in dict.fromkeys(block.server for block in blocks):
        mine = sorted((block for block in blocks if block.server == server), key=lambda block: block.size)
        for judge in (_library, _least, _size, _polls, _queries, _live):
            yield from judge(mine)


def _library(blocks: Sequence[Block]) -> Iterator[Verdict]:
    largest = blocks[-1]
    ours, library = largest.measured[KALENDS, FIRST], largest.measured[LIBRARY, FIRST]
    name = f"first sync of {largest.size:,}, times faster than the library"
    verdict = _at_least(largest, name, library.wall / ours.wall, 8, lambda: _share(largest))
    yield replace(verdict, aside=_cpu(library.cpu / ours.cpu))


def _least(blocks: Sequence[Block]) -> Iterator[Verdict]:
    largest = blocks[-1]
    ours, floor, reading = (largest.measured[one, FIRST] for one in (KALENDS, FLOOR, READING))
    name = f"first sync of {largest.size:,}, times (requests + reading + expanding)"
    verdict = _at_most(largest, name, ours.wall / (floor.wall + reading.wall), 2.5, lambda: _share(largest))
    yield replace(verdict, aside=_cpu(ours.cpu / (floor.cpu + reading.cpu)))


def _share(block: Block) -> str:
    ours, floor = block.measured[KALENDS, FIRST], block.measured[FLOOR, FIRST]
    each = ours.cpu / block.size * 1000
    return (
        f"{each:.2f} ms of CPU and {_queries_of(ours) / block.size:.2f} queries an event, "
        f"{floor.wall / ours.wall:.0%} of the time waiting for the server"
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
    reason = f"{_queries_of(alone):.0f} where one is polled alone"
    yield _at_most(blocks[-1], "poll without change, requests", alone.requests, 1, lambda: "more than the home")
    for together in many[-1:]:
        yield _at_most(blocks[-1], "poll without change, queries, of 20", _queries_of(together), 4, lambda: reason)
    yield _at_most(blocks[-1], "poll without change, ms of CPU, alone", alone.cpu * 1000, 10, lambda: reason)


def _queries(blocks: Sequence[Block]) -> Iterator[Verdict]:
    counts = [_queries_of(block.measured[KALENDS, OPENINGS]) for block in blocks]
    yield _at_most(blocks[-1], "openings of 30 days, SQL queries", max(counts), 8, lambda: "whatever the size")


def _live(blocks: Sequence[Block]) -> Iterator[Verdict]:
    largest = blocks[-1]
    ours, live = largest.measured[KALENDS, OPENINGS], largest.measured[LIVE, OPENINGS]
    name = f"openings with {largest.counts['occurrences']:,} occurrences, times faster than a live search"
    reason = f"{ours.wall * 1000:.1f} against {live.wall * 1000:.0f} ms"
    verdict = _at_least(largest, name, live.wall / ours.wall, 200, lambda: reason)
    yield replace(verdict, aside=_cpu(live.cpu / ours.cpu))


def _cpu(ratio: float) -> str:
    return f"CPU {ratio:.3g}"


def _queries_of(measured: Measured) -> float:
    return float(measured.figures.detail["queries"])


def _at_least(block: Block, target: str, value: float, bound: float, why: Callable[[], str]) -> Verdict:
    return Verdict(block.server, target, f">= {bound:g}", f"{value:.3g}", "" if value >= bound else why())


def _at_most(block: Block, target: str, value: float, bound: float, why: Callable[[], str]) -> Verdict:
    return Verdict(block.server, target, f"<= {bound:g}", f"{value:.3g}", "" if value <= bound else why())

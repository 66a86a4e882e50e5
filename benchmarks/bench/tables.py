"""The results as tables of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchmarks.bench.runner import KALENDS, WORKS, Block, Measured
from benchmarks.bench.targets import Verdict

_HEADS = {"wall": 10, "CPU": 10, "requests": 10, "queries": 9, "peak MB": 9, "added MB": 9, "wall x": 9, "CPU x": 8}
_COLUMNS = " " * 24 + "".join(f"{head:>{width}}" for head, width in _HEADS.items())


def table(block: Block) -> Iterator[str]:
    """The lines for one calendar on one server: a row for each piece of work and program."""
    counts = f"{block.counts['events']:,} events, {block.counts['occurrences']:,} occurrences in the window"
    yield f"{block.server}: {counts}"
    yield _COLUMNS
    done = {work for _, work in block.measured}
    for work in (one for one in WORKS if one in done):
        yield work
        ours = block.measured.get((KALENDS, work))
        for (program, of), measured in block.measured.items():
            if of == work:
                yield _row(program, measured, None if program == KALENDS else ours)
    yield ""


def _row(program: str, measured: Measured, ours: Measured | None) -> str:
    name = f"  {program}" + (" (once)" if measured.runs == 1 else "")
    queries = f"{round(measured.figures.detail['queries'], 1):,g}" if "queries" in measured.figures.detail else ""
    figures = measured.figures
    times = f"{measured.wall / ours.wall:>9.2f}{measured.cpu / ours.cpu:>8.2f}" if ours else ""
    return (
        f"{name:24}{_seconds(measured.wall):>10}{_seconds(measured.cpu):>10}{measured.requests or '':>10}{queries:>9}"
        f"{figures.peak:>9.0f}{figures.grown:>9.0f}{times}"
    ).rstrip()


def _seconds(value: float) -> str:
    return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.1f} ms"


def target_table(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """The lines for the targets: what was wanted and what was reached."""
    width = max((len(verdict.target) for verdict in verdicts), default=0)
    yield f"{'target':{width}}  {'server':10}{'wanted':>8}{'reached':>9}"
    for verdict in verdicts:
        outcome = f"MISSED: {verdict.reason}" if verdict.reason else "PASS"
        reached = f"{verdict.value:>9}  {verdict.cpu_ratio:10}"
        yield f"{verdict.target:{width}}  {verdict.server:10}{verdict.bound:>8}{reached}{outcome}"

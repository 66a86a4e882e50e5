"""How many resources are asked for at once: batches that grow while the server answers them with ease.

Nobody knows the largest multiget that iCloud answers, and other servers have limits of their own. So each reading
begins with the smallest batch and makes it two or four times as large while answers are quick and small. What an
account refused is remembered.
"""

from __future__ import annotations

from dataclasses import dataclass, field

MIN_BATCH = 50
MAX_BATCH = 400  # a larger one saves few requests and takes more memory
MAX_LINES = 3  # connections to one account at once
QUICK_SECONDS = 2.5  # an answer that took no longer may become twice as large, and within half of that four times
SLOW_SECONDS = 5.0  # after a longer one the next is half as large
SMALL_OCTETS = 1 << 20
LARGE_OCTETS = 4 << 20
MAX_READING_SECONDS = 2.0  # of one answer: with more the next is half as large, so that a turn can end in time


@dataclass(slots=True)
class Limits:
    """What one account answers: the largest batch, and how many at once. ``changed``: it has just refused more."""

    batch: int = MAX_BATCH
    lines: int = MAX_LINES
    changed: bool = False

    def refuse_batch(self, size: int) -> None:
        """The account did not answer a batch of ``size``, and smaller ones with the same resources it did."""
        self._set(max(min(self.batch, size // 2), MIN_BATCH), self.lines)

    def refuse_lines(self) -> None:
        """The account did not answer several requests at once."""
        self._set(self.batch, 1)

    def _set(self, batch: int, lines: int) -> None:
        self.changed |= (batch, lines) != (self.batch, self.lines)
        self.batch, self.lines = batch, lines


@dataclass(slots=True)
class BatchSize:
    """The size of the next batch.

    ``proven``: at least one was answered, so several may be asked for at once. ``share``: the size of the last batches,
    0 while that is open.
    """

    limits: Limits
    current: int = field(default=MIN_BATCH)
    proven: bool = False
    share: int = 0

    @property
    def lines(self) -> int:
        """How many batches may be asked for at once now."""
        return self.limits.lines if self.proven else 1

    def next(self, left: int) -> int:
        """How many of ``left`` resources to ask for next.

        The last ones are shared out evenly, once for all of them, so that all lines are busy to the end.
        """
        size = min(self.current, self.limits.batch)
        if not self.share:
            requests = -(-left // size)
            if requests > 2 * self.lines:
                return size
            requests += -requests % self.lines
            self.share = max(-(-left // max(requests, 1)), MIN_BATCH)
        return min(size, self.share)

    def answered(self, count: int, seconds: float, octets: int) -> None:
        """A batch of ``count`` was answered in so many ``seconds``, with so many ``octets`` of calendar data."""
        self.proven = True
        if seconds > SLOW_SECONDS or octets > LARGE_OCTETS:
            self.shrink(count)
            return
        for times in (4, 2):  # the larger answer should be within twice what was quick and small
            if seconds * times <= 2 * QUICK_SECONDS and octets * times <= 2 * SMALL_OCTETS:
                self.current = max(self.current, min(times * count, MAX_BATCH))
                return

    def was_read(self, count: int, seconds: float) -> None:
        """Parsing and expanding such a batch took so many ``seconds``."""
        if seconds > MAX_READING_SECONDS:
            self.shrink(count)

    def shrink(self, count: int) -> None:
        """A batch of ``count`` was too much: ask for half as many at first."""
        self.current = max(min(self.current, count // 2), MIN_BATCH)

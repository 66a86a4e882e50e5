"""The mail server of the deployment. It keeps what it accepts, refuses some mails at first, and answers some late."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from types import TracebackType

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from soak.mails.arrival import Arrival

ACCEPTED, LATER = "250 OK", "451 Try again later"
REFUSED_AT_FIRST = 0.05  # the share of mails to clients that a server refuses for a while, as greylisting does
MAX_WAIT_SECONDS = 5.0  # less than Kalends waits for an answer
CHECK_SECONDS = 0.05


@dataclass
class Wait:
    """One mail to a client waits for its answer until `ended`. `accepts`: whether the server keeps it."""

    accepts: bool
    reached: Event = field(default_factory=Event)
    ended: Event = field(default_factory=Event)


@dataclass
class MailServer:
    """Accepts mails on loopback while the context lasts. `arrived`: what it has accepted, in this order."""

    port: int
    seed: str = ""
    arrived: list[Arrival] = field(default_factory=list)
    is_reliable: bool = False

    def __post_init__(self) -> None:
        self._choose = random.Random(f"{self.seed} mails")  # noqa: S311 - no security depends on it
        self._seen: set[str] = set()
        self._wait: Wait | None = None

    def __enter__(self) -> MailServer:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()

    @contextmanager
    def next_waits(self, *, accepts: bool) -> Iterator[Wait]:
        """Let the next mail to a client that the server has not seen before wait for its answer inside the block."""
        wait = self._wait = Wait(accepts)
        try:
            yield wait
        finally:
            wait.ended.set()
            self._wait = None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd
        """The answer to a mail."""
        arrival = Arrival.of(envelope.rcpt_tos[0], envelope.original_content or b"")
        is_new = arrival.is_to_client and arrival.message_id not in self._seen
        self._seen.add(arrival.message_id)
        wait = self._taken_wait() if is_new else None
        if wait and not wait.accepts:
            return await _late(LATER, wait)
        if is_new and not wait and self._is_refused():
            return LATER
        self.arrived.append(arrival)
        return await _late(ACCEPTED, wait) if wait else ACCEPTED

    def _taken_wait(self) -> Wait | None:
        wait, self._wait = self._wait, None
        return wait

    def _is_refused(self) -> bool:
        return not self.is_reliable and self._choose.random() < REFUSED_AT_FIRST


async def _late(answer: str, wait: Wait) -> str:
    """The answer after the wait; whoever waits for it may have been killed."""
    wait.reached.set()
    for _ in range(int(MAX_WAIT_SECONDS / CHECK_SECONDS)):
        if wait.ended.is_set():
            break
        await asyncio.sleep(CHECK_SECONDS)
    return answer

"""Why a time can be booked or not, as values: the rule, the sentence, and who reads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bookings.models import Booking, Service
from connections.busy import Busy


class ReasonKind(StrEnum):
    """Which rule a reason belongs to, in the order in which pages list them."""

    HOURS = "hours"
    OVERRIDE = "override"
    SERVICE_HOURS = "service_hours"
    BLOCKED_SLOT = "blocked_slot"
    OCCURRENCE = "occurrence"
    BOOKING = "booking"
    HOLD = "hold"
    LIMIT = "limit"
    BUFFER = "buffer"
    NOTICE = "notice"
    HORIZON = "horizon"
    FRESHNESS = "freshness"


ORDER = list(ReasonKind)


class ToldTo(StrEnum):
    """Who reads the reasons, which decides what they may tell."""

    OWNER = "owner"  # of the time: titles of events, notes and clients
    SHELL = "shell"  # somebody at a shell, or nobody in particular: in which calendar an event is
    COLLEAGUE = "colleague"  # who only learns from when to when it is blocked


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that bears on a time: a sentence and the span it is about (UTC; None where it has no start or end).

    `about` is the event or booking that the sentence is about, or the service whose limit it is, if there is one.
    """

    kind: ReasonKind
    blocks: bool
    text: str
    start: datetime | None = None
    end: datetime | None = None
    about: Busy | Booking | Service | None = field(default=None, compare=False)

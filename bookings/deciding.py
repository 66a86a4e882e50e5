"""What is decided together, and the links of mails that lead to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.core import signing

from bookings.models import Proposal
from connections.models import CalendarConfiguration

SALT = "bookings.proposal"
GOOD_FOR = timedelta(days=90)
WITH = ("booking__client", "booking__service", "booking__staff", "linked_event")


def token_of(proposal: Proposal) -> str:
    """What stands in the link of a mail: it names one proposal and cannot be guessed."""
    return signing.dumps(proposal.pk, salt=SALT)


def proposal_of(token: str) -> Proposal:
    """The proposal of a link. Raises Proposal.DoesNotExist for a forged or outdated one."""
    try:
        key = signing.loads(token, salt=SALT, max_age=GOOD_FOR)
    except signing.BadSignature:
        raise Proposal.DoesNotExist from None
    return Proposal.objects.select_related(*WITH).get(pk=key)


def together(proposal: Proposal) -> list[Proposal]:
    """The open proposals to be decided with this one: all deletions of its day, else itself alone if it is open."""
    alike = Proposal.objects.open().filter(booking__staff=proposal.booking.staff_id, kind=proposal.kind)
    alike = alike.select_related(*WITH).order_by("booking__start")
    if proposal.kind != Proposal.Kind.DELETED:
        return list(alike.filter(pk=proposal.pk))
    day = day_of(proposal)
    return [other for other in alike if day_of(other) == day]


@dataclass(frozen=True, slots=True)
class Day:
    """Several deletions of one day; `first` stands for all of them."""

    date: date
    count: int
    first: Proposal


def days(asked: Iterable[Proposal], zone: ZoneInfo) -> list[Day]:
    """The days of which several open deletions are asked about, in `zone`."""
    deleted: dict[date, list[Proposal]] = {}
    for proposal in asked:
        if proposal.kind == Proposal.Kind.DELETED:
            deleted.setdefault(proposal.booking.start.astimezone(zone).date(), []).append(proposal)
    return [Day(day, len(several), several[0]) for day, several in sorted(deleted.items()) if len(several) > 1]


def day_of(proposal: Proposal) -> date:
    """The day of the booking in its staff member's zone."""
    configuration = CalendarConfiguration.objects.get(user=proposal.booking.staff_id)
    return proposal.booking.start.astimezone(configuration.zone).date()

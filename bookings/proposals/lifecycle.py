"""What is decided together, the links of mails that lead to it, and what of it a page has shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.core import signing
from django.db import transaction
from django.db.models import F, Q

from bookings.models import LinkedEvent, Proposal, ProposalQuerySet
from connections.models import CalendarConfiguration

SALT = "bookings.proposal"
GOOD_FOR = timedelta(days=90)
WITH = ("booking__client", "booking__service", "booking__staff", "linked_event")


def token_of(proposal: Proposal, *more: Proposal) -> str:
    """What stands in the link of a mail: it names the proposals of that mail and cannot be guessed."""
    return signing.dumps([one.pk for one in (proposal, *more)] if more else proposal.pk, salt=SALT)


def proposals_from_token(token: str) -> list[Proposal]:
    """The proposals of a link, never none. Raises Proposal.DoesNotExist for a forged or outdated one."""
    try:
        keys = signing.loads(token, salt=SALT, max_age=GOOD_FOR)
    except signing.BadSignature:
        raise Proposal.DoesNotExist from None
    found = Proposal.objects.filter(pk__in=keys if isinstance(keys, list) else [keys]).select_related(*WITH)
    if not found:
        raise Proposal.DoesNotExist
    return list(found.order_by("booking__start", "pk"))


def stamp(proposal: Proposal) -> str:
    """What a page shows of a proposal, for its form to send along: who decides, decides upon that or not at all."""
    booking = proposal.booking
    times = (booking.start, booking.end, proposal.new_start, proposal.new_end)
    return " ".join([str(proposal.pk), *(str(round(time.timestamp())) if time else "-" for time in times)])


def submitted(asked: Sequence[Proposal], shown: Sequence[str]) -> list[tuple[Proposal | None, str]]:
    """What a form that has shown these stamps decides upon; None for what is not asked any more.

    Without stamps all of `asked` is meant, as it stands.
    """
    if not shown:
        return [(proposal, "") for proposal in asked]
    keys = {str(proposal.pk): proposal for proposal in asked}
    return [(keys.get(one.partition(" ")[0]), one) for one in shown]


def expired(now: datetime) -> ProposalQuerySet:
    """Open proposals about what is over: the booking, and the time that it would have on the phone."""
    return Proposal.objects.open().filter(Q(new_start=None) | Q(new_start__lte=now), booking__end__lte=now)


@transaction.atomic
def withdraw_over(now: datetime) -> None:
    """Ask no more about what is over: nobody's day changes by the answer."""
    found = list(expired(now).values_list("pk", "linked_event"))
    if not found:
        return
    Proposal.objects.open().filter(pk__in=[pk for pk, _placement in found]).update(withdrawn_at=now)
    waiting = LinkedEvent.objects.filter(pk__in=[pk for _proposal, pk in found], pushed_revision=F("booking__revision"))
    waiting.filter(state=LinkedEvent.State.CHANGED_ON_BOTH_SIDES).update(state=LinkedEvent.State.PUSHED)


def same_day_group(proposal: Proposal) -> list[Proposal]:
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
    all: list[Proposal]

    @property
    def count(self) -> int:
        return len(self.all)

    @property
    def first(self) -> Proposal:
        return self.all[0]


def days(asked: Iterable[Proposal], zone: ZoneInfo) -> list[Day]:
    """The days of which several open deletions are asked about, in `zone`."""
    deleted: dict[date, list[Proposal]] = {}
    for proposal in asked:
        if proposal.kind == Proposal.Kind.DELETED:
            deleted.setdefault(proposal.booking.start.astimezone(zone).date(), []).append(proposal)
    return [Day(day, several) for day, several in sorted(deleted.items()) if len(several) > 1]


def day_of(proposal: Proposal) -> date:
    """The day of the booking in its staff member's zone."""
    configuration = CalendarConfiguration.objects.get(user=proposal.booking.staff_id)
    return proposal.booking.start.astimezone(configuration.zone).date()

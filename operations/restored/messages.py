"""Messages from before the restore: the former copy may have sent them, so somebody says what becomes of each kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from bookings.models import BookingChange, ClientChange, LinkRequest, Mail, Proposal
from practice.models import Restore


class Choice(StrEnum):
    """What becomes of the messages of a kind."""

    SEND = "send"  # as soon as the restore is finished
    DROP = "drop"  # the recipients have them from the former copy


@dataclass(frozen=True, slots=True)
class WaitingKind:
    """The messages of one kind that wait for a yes, and what was decided about them ("" for nothing yet)."""

    code: str
    label: str
    count: int
    choice: str


@dataclass(frozen=True, slots=True)
class _Others:
    """Messages that have no row of their own: which rows owe one, and what they are given if it is not to be sent."""

    label: Any
    rows: Callable[[Restore], QuerySet[Any]]
    dropped: Callable[[datetime], dict[str, Any]]


def waiting_messages(restore: Restore) -> list[WaitingKind]:
    """Each kind of which messages wait, in a fixed order."""
    counts = dict(_mails(restore).order_by().values_list("kind").annotate(count=Count("pk")))
    kinds = [(kind.value, str(kind.label), counts.get(kind.value, 0)) for kind in Mail.Kind]
    kinds += [(code, str(other.label), other.rows(restore).count()) for code, other in _OTHERS.items()]
    return [WaitingKind(code, label, count, restore.decisions.get(code, "")) for code, label, count in kinds if count]


def decide(restore: Restore, codes: Mapping[str, Choice], now: datetime) -> None:
    """Note what becomes of the messages of these kinds. What is dropped is dropped at once, in the same transaction."""
    with transaction.atomic():
        row = Restore.objects.select_for_update().get(pk=restore.pk)
        row.decisions = {**row.decisions, **{code: str(choice) for code, choice in codes.items()}}
        row.save(update_fields=["decisions"])
        drop_decided(row, now)


def drop_decided(restore: Restore, now: datetime) -> None:
    """Drop what waits of the kinds that are to be dropped; some may have come since that was decided."""
    dropped = [code for code, choice in restore.decisions.items() if choice == Choice.DROP]
    _mails(restore).filter(kind__in=dropped).drop_as_sent()
    for code, other in _OTHERS.items():
        if code in dropped:
            rows = other.rows(restore)
            rows.model._base_manager.filter(pk__in=list(rows.values_list("pk", flat=True))).update(**other.dropped(now))


def _mails(restore: Restore) -> Any:
    """Mails that were due before the restore, and those of what the calendars showed since.

    A booking that was moved after the backup was told of by the former copy; comparing the calendars writes that mail
    once more.
    """
    compared = Q(change__source=BookingChange.Source.PHONE, change__at__gte=restore.restored_at)
    unfinished = restore.finished_at is None
    due = Q(due_at__lte=restore.restored_at) | (compared if unfinished else Q())
    return Mail.objects.filter(due, state=Mail.State.DUE).exclude(recipient="")


def _moves(restore: Restore) -> QuerySet[Any]:
    return BookingChange.objects.filter(tell_staff_at__isnull=False)


def _questions(restore: Restore) -> QuerySet[Any]:
    return Proposal.objects.open().filter(mailed_at=None, created_at__lte=restore.restored_at)


def _links(restore: Restore) -> QuerySet[Any]:
    return LinkRequest.objects.filter(done_at=None, created_at__lte=restore.restored_at)


def _addresses(restore: Restore) -> QuerySet[Any]:
    return ClientChange.objects.filter(mail_due_at__lte=restore.restored_at)


_OTHERS: Mapping[str, _Others] = {
    "staff_moves": _Others(_("To staff: moved on the iPhone"), _moves, lambda now: {"tell_staff_at": None}),
    "staff_questions": _Others(_("To staff: please decide"), _questions, lambda now: {"mailed_at": now}),
    "links": _Others(_("Links that clients asked for"), _links, lambda now: {"done_at": now, "email": ""}),
    "former_addresses": _Others(_("To former addresses"), _addresses, lambda now: {"mail_due_at": None}),
}

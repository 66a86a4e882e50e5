"""How far a restored copy is: what is still to be read, compared and decided before it works again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from bookings.models import Booking, Proposal
from bookings.reconcile.audit import audit
from connections.models import Calendar, CalendarConfiguration, Connection
from operations.restored.later_events import LaterEvent, later_events
from operations.restored.messages import WaitingKind, drop_decided, waiting_messages
from practice.models import Restore, User

APPROVE_WITHIN = timedelta(hours=24)
"""So long staff have again for requests whose time to decide went by while this copy waited."""


class NotReady(Exception):
    """The restore cannot be finished yet; str() is the sentence that says what to do first."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a restore is.

    `unread` are the accounts of which calendars were not read completely yet, `comparing` the people whose bookings are
    still compared with their calendars. Deletions need two looks, a minute apart. Nothing waits for calendars by web
    address, because no booking can stand there.
    """

    restore: Restore
    unread: Sequence[Connection]
    comparing: Sequence[User]
    later: Sequence[LaterEvent]
    messages: Sequence[WaitingKind]
    questions: int

    @property
    def is_compared(self) -> bool:
        return not self.unread and not self.comparing

    @property
    def undecided(self) -> list[WaitingKind]:
        return [kind for kind in self.messages if not kind.choice]

    @property
    def why_not_finished(self) -> str:
        """What is to be done first; "" if nothing."""
        if self.unread:
            accounts = ", ".join(map(str, self.unread))
            words = _("These accounts were not read completely yet: %(accounts)s. Reconnect them, or go on without.")
            return words % {"accounts": accounts}
        if self.comparing or self.restore.audited_at is None:
            return _("The bookings are still being compared with the calendars. Wait some minutes.")
        if self.undecided:
            kinds = ", ".join(f"{kind.label} ({kind.count})" for kind in self.undecided)
            return _("Decide first whether these messages are sent or dropped: %(kinds)s.") % {"kinds": kinds}
        return ""


def progress_of(restore: Restore) -> Progress:
    """How far the restore is now; makes no request."""
    unread = list(_unread(restore))
    return Progress(
        restore,
        unread,
        list(_comparing(restore, unread)),
        later_events(restore),
        waiting_messages(restore),
        Proposal.objects.open().filter(created_at__gte=restore.restored_at).count(),
    )


def _unread(restore: Restore) -> QuerySet[Connection]:
    stale = Q(compared_at=None) | Q(compared_at__lt=restore.restored_at) | Q(read_at=None) | ~Q(error_code="")
    calendars = Calendar.objects.conflict_calendars().two_way().filter(stale)
    connections = Connection.objects.filter(pk__in=calendars.values("connection"))
    return connections.exclude(pk__in=restore.unread_connections).select_related("user")


def _comparing(restore: Restore, unread: Sequence[Connection]) -> QuerySet[User]:
    """Whose bookings are to be compared; those whose accounts cannot all be read are not."""
    due = CalendarConfiguration.objects.filter(reconcile_due=True).values("user")
    reading = Calendar.objects.conflict_calendars().two_way().values("connection__user")
    users = User.objects.filter(pk__in=due).filter(pk__in=reading)
    left_out = [*restore.unread_connections, *(connection.pk for connection in unread)]
    return users.exclude(connections__in=left_out).order_by("pk")


def go_on_without(restore: Restore) -> list[Connection]:
    """Wait no longer for the accounts that cannot be read; which.

    Until they are read, nothing that they lack counts as deleted or moved without asking staff.
    """
    with transaction.atomic():
        row = Restore.objects.select_for_update().get(pk=restore.pk)
        left = list(_unread(row))
        row.unread_connections = [*row.unread_connections, *(connection.pk for connection in left)]
        row.save(update_fields=["unread_connections"])
    restore.refresh_from_db()
    return left


def audit_if_compared(restore: Restore, now: datetime) -> bool:
    """Audit everybody once all was compared, and note in what calendars and bookings differ. True if that was done.

    Asks the servers. What is noted names nobody.
    """
    if restore.audited_at is not None or not progress_of(restore).is_compared:
        return False
    skipped = Connection.objects.filter(pk__in=restore.unread_connections).values("user")
    connected = Connection.objects.two_way().values("user")
    people = User.objects.filter(pk__in=connected).exclude(pk__in=skipped).order_by("pk")
    found = [
        {"kind": str(one.kind), "user": user.pk, "booking": one.booking}
        for user in people
        for one in audit(user, now, two_way_only=True)
    ]
    Restore.objects.filter(pk=restore.pk, audited_at=None).update(audited_at=now, differences=found)
    return True


def compare_again(restore: Restore) -> None:
    """Compare all bookings with the calendars once more, and audit afterwards."""
    Restore.objects.filter(pk=restore.pk).update(audited_at=None, differences=[])
    CalendarConfiguration.objects.all().want_reconciling()


def finish(restore: Restore, now: datetime) -> None:
    """Let pushes and mails go again. Raises NotReady."""
    if sentence := progress_of(restore).why_not_finished:
        raise NotReady(sentence)
    with transaction.atomic():
        drop_decided(restore, now)
        _give_time_to_approve(now)
        Restore.objects.waiting().filter(pk=restore.pk).update(finished_at=now)
    restore.refresh_from_db()


def _give_time_to_approve(now: datetime) -> None:
    """Requests that nobody could be asked about meanwhile do not end at once."""
    later = now + APPROVE_WITHIN
    waiting = Booking.objects.live().filter(approval_due_at__lt=later, start__gt=now)
    waiting.filter(start__lte=later).update(approval_due_at=F("start"))
    waiting.filter(start__gt=later).update(approval_due_at=later)


def settle_unread(restore: Restore) -> None:
    """Forget which accounts could not be read, where they were read and compared by now."""
    read = [
        connection.pk
        for connection in Connection.objects.filter(pk__in=restore.unread_connections)
        if _is_settled(restore, connection)
    ]
    existing = set(Connection.objects.values_list("pk", flat=True))
    left = [key for key in restore.unread_connections if key in existing and key not in read]
    if left != restore.unread_connections:
        Restore.objects.filter(pk=restore.pk).update(unread_connections=left)


def _is_settled(restore: Restore, connection: Connection) -> bool:
    calendars = Calendar.objects.conflict_calendars().two_way().filter(connection=connection)
    read = calendars.filter(compared_at__gte=restore.restored_at, error_code="").exclude(read_at=None)
    due = CalendarConfiguration.objects.filter(user=connection.user_id, reconcile_due=True)
    return calendars.count() == read.count() and not due.exists()

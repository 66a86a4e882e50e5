"""What the workers run for bookings. Names are stored in the database: they change only with the schedules."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from bookings import actions
from bookings.actions import leaving
from bookings.models import LinkedEvent
from bookings.notifications import address_mail, move_mail, outages, outgoing
from bookings.notifications.mails import asked_links, delivery, reminders
from bookings.proposals import covered_days
from bookings.push import mirrored_slots, outbox
from bookings.reconcile.engine import reconcile
from bookings.records import retention
from bookings.records.scrub import scrub_if_due
from connections import guard
from connections.models import CalendarConfiguration
from practice.models import Invitation, User


def settle_booking(booking_id: int) -> None:
    """Right after a change: compare its event where that is due, push it, and tell the client."""
    for user in User.objects.filter(bookings__pk=booking_id):
        reconcile(user, timezone.now())
    outbox.push_booking(booking_id, timezone.now())
    delivery.send_due(timezone.now())


def tell_former_addresses() -> None:
    """Right after a client's address was changed: tell the one they had."""
    address_mail.tell_former_addresses(timezone.now())


def mail_links() -> None:
    """Right after somebody asked for the links of their appointments."""
    asked_links.answer_due(timezone.now())


def push_events() -> None:
    """On schedule: end what has expired, push what is due, disconnect who left, send mails, and finish erasing."""
    now = timezone.now()
    actions.release_expired(now)
    actions.expire_undecided(now)
    mirrored_slots.follow_slots(now)
    outbox.push_due(now)
    leaving.disconnect_settled(now)
    reminders.write_due(now)
    delivery.send_due(now)
    asked_links.answer_due(now)
    actions.follow_away_slots(now)
    outgoing.mail_proposals(now)
    move_mail.mail_moves(now)
    address_mail.tell_former_addresses(now)
    outgoing.warn_staff(now)
    outages.mail_outages(now)
    scrub_if_due()


def reconcile_bookings() -> None:
    """On schedule: compare bookings with calendars wherever a sync asked for it and it was not done since."""
    now = timezone.now()
    for user in User.objects.filter(calendar_configuration__reconcile_due=True):
        with guard.isolate_failure(f"reconciling user {user.pk}"):
            reconcile(user, now)


def settle_erasure() -> None:
    """Right after a client was erased: make their events nameless, and the file of the database free of traces."""
    outbox.push_due(timezone.now())
    scrub_if_due()


def settle_leaving(user_id: int) -> None:
    """Right after somebody was deactivated: push what waits in their accounts, and disconnect these if that is all."""
    for user in User.objects.filter(pk=user_id):
        outbox.push_due(timezone.now(), user=user)
    leaving.disconnect_settled(timezone.now())


def apply_retention() -> None:
    """Nightly: erase clients who have not booked for long, or tell the owners that this will begin.

    Invitations that are over for a month are deleted too.
    """
    retention.erase_expired(timezone.now())
    Invitation.objects.prune(timezone.now())
    scrub_if_due()


def delete_old_holds() -> None:
    """Daily: delete holds that nobody will submit any more, old requests for links, and covered days long over."""
    actions.forget_old_holds(timezone.now())
    asked_links.forget_old(timezone.now())
    covered_days.forget_old_days(timezone.now())


def after_sync(user_id: int, now: datetime, *, offline: bool = False) -> None:
    """What follows every sync, whatever started it (the setting AFTER_SYNC).

    `offline`: a client is waiting, so requests to calendar and mail servers are left to the schedule.
    """
    configuration = _waiting([user_id], now).select_related("user").first()
    if configuration is None:
        return  # the usual case after a poll costs one query
    user = configuration.user
    if configuration.reconcile_due:
        for kind in outbox.KINDS:
            kind.rows().reattach(user)
        reconcile(user, now, offline=offline)
        if not offline:
            outgoing.mail_proposals(now)
            move_mail.mail_moves(now)
    actions.confirm_pending(user, now)
    if not offline and _needing_reconnect().filter(booking__staff=user_id).exists():
        outbox.push_due(now, user=user)  # the account answers again, so what waited for it is pushed at once


def waiting_for_sync(user_ids: Collection[int], now: datetime) -> list[int]:
    """For which of these users `after_sync` has something to do: one query (the setting WAITING_FOR_SYNC)."""
    return list(_waiting(user_ids, now).values_list("user", flat=True))


def _waiting(user_ids: Collection[int], now: datetime) -> QuerySet[CalendarConfiguration]:
    waiting = _needing_reconnect().filter(booking__staff=OuterRef("user"))
    pending = actions.still_pending(now).filter(staff=OuterRef("user"))
    asks = Q(reconcile_due=True) | Exists(pending) | Exists(waiting)
    return CalendarConfiguration.objects.filter(asks, user__in=user_ids)


def _needing_reconnect() -> QuerySet[LinkedEvent]:
    return LinkedEvent.objects.unsettled().filter(state=LinkedEvent.State.NEEDS_RECONNECT)

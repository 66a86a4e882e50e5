"""Anna's practice, whose database is backed up, used on, and restored, while iCloud and mails go on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.core import mail

from bookings import actions, tasks
from bookings.models import Booking, Seat
from bookings.notifications import move_mail, outgoing
from bookings.notifications.mails import delivery, reminders
from bookings.push import outbox
from bookings.reconcile.engine import reconcile
from bookings.records.erase import erase_client
from operations.backup.restoring import restore_backup
from operations.backup.writing import write_backup
from operations.restored import steps
from practice.models import Restore
from tests.bookings.practice import Practice, utc
from tests.operations.backup.deployment import Deployment

OTTO = actions.ClientDetails("Otto Erased", "otto@example.org")


@dataclass
class Drill:
    """What was booked before the backup, by name."""

    practice: Practice
    deployment: Deployment
    made: dict[str, Booking] = field(default_factory=dict)

    def book_before(self) -> None:
        """Seven bookings that stand in iCloud, and one of which nobody was told yet."""
        times = {"stands": utc(1, 9), "moved": utc(1, 11), "moved on the phone": utc(1, 13)}
        times |= {"cancelled": utc(2, 9), "deleted on the phone": utc(2, 11), "renamed": utc(2, 13)}
        for name, start in times.items():
            self.made[name] = self.practice.booked(start)
        self.made["erased"] = self.practice.book(utc(3, 9), client=OTTO)
        self.work()
        self.made["untold"] = self.practice.book(utc(3, 11))
        Seat.objects.update(reminders=True)

    def back_up(self) -> None:
        write_backup(self.deployment.target, now=self.practice.now, key=self.deployment.key)

    def go_on(self) -> Booking:
        """What happens after the backup; the booking that is made then."""
        practice, now = self.practice, self.practice.now
        self.work()
        actions.reschedule(self.made["moved"], start=utc(4, 9), now=now)
        actions.cancel(self.made["cancelled"], now=now)
        practice.phone.move(practice.href(self.made["moved on the phone"]), utc(4, 11))
        practice.phone.delete(practice.href(self.made["deleted on the phone"]))
        practice.phone.rename(practice.href(self.made["renamed"]), "Carla brings her sister")
        later = practice.book(utc(4, 13), client=actions.ClientDetails("Dora Later", "dora@example.org"))
        erase_client(self.made["erased"].client, now=now)
        for _ in range(3):
            self.work()
        practice.later(timedelta(hours=18))  # the first appointments are near: clients are reminded
        self.work()
        return later

    def restore(self) -> Restore:
        restore_backup(
            self.deployment.target, key=self.deployment.key, erased=None, now=self.practice.now, replace=True
        )
        return Restore.objects.waiting().get()

    def work(self) -> None:
        """What workers do in some minutes: poll, compare, push and mail."""
        practice = self.practice
        practice.later()
        practice.sync()
        now = practice.now
        tasks.after_sync(practice.user.pk, now)
        reconcile(practice.user, now)
        actions.expire_undecided(now)
        outbox.push_due(now)
        reminders.write_due(now)
        delivery.send_due(now)
        outgoing.mail_proposals(now)
        move_mail.mail_moves(now)
        outgoing.warn_staff(now)

    def compare(self) -> Restore:
        """Let workers read and compare everything, then audit."""
        for _ in range(3):
            self.work()
        restore = Restore.objects.waiting().get()
        assert steps.audit_if_compared(restore, self.practice.now) is True
        restore.refresh_from_db()
        return restore


def sent() -> Counter[tuple[str, str]]:
    """How often each mail went to whom."""
    return Counter((str(one.subject), ", ".join(one.to)) for one in mail.outbox)


def uids(practice: Practice) -> list[str]:
    """The UIDs of all events in the account."""
    texts = [
        resource.data.decode()
        for name in ("Home", "Work")
        for resource in practice.account.calendar(name).resources.values()
    ]
    return sorted(line[4:] for text in texts for line in text.splitlines() if line.startswith("UID:"))


def when(booking: Booking) -> tuple[str, datetime]:
    """How a booking stands now."""
    row = Booking.objects.get(pk=booking.pk)
    return str(row.status), row.start

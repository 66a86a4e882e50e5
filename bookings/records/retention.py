"""Clients who have not booked for long are erased, after the owners were told once, a month before that begins."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dateutil.relativedelta import relativedelta  # type: ignore[import-untyped] # its stubs are not installed
from django.conf import settings
from django.db.models import Max, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings.models import Client
from bookings.notifications import emails
from bookings.readers import as_read_by
from bookings.records.erase import erase_client
from connections import guard
from practice import time_format
from practice.models import Practice, User
from practice.models.restore import outgoing_waits

NOTICE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Retention:
    """Whose time is over, who was erased now, and from when on that is done (None: nobody is due yet)."""

    due: list[int]
    erased: list[int] = field(default_factory=list)
    first_run: datetime | None = None


def due_clients(now: datetime) -> QuerySet[Client]:
    """Clients whose last booking ended as long ago as clients are kept or, without one, who were entered then."""
    limit = now - relativedelta(months=Practice.current().months_kept)
    known = Client.objects.known().annotate(last=Max("seats__booking__end"))
    return known.filter(Q(last__lte=limit) | Q(last=None, created_at__lte=limit)).order_by("pk")


def first_run() -> datetime | None:
    """From when on clients are erased; None before the owners were told."""
    return _first_run(Practice.current())


def _first_run(practice: Practice) -> datetime | None:
    return practice.retention_announced_at + NOTICE if practice.retention_announced_at else None


def coming_retention(now: datetime) -> str:
    """From when on who is erased, until that begins; "" before the owners were told and afterwards. One query."""
    practice = Practice.current()
    begins = _first_run(practice)
    if begins is None or begins <= now:
        return ""
    text = ngettext(
        "From %(date)s on, clients who have not booked for %(months)s month are erased every night.",
        "From %(date)s on, clients who have not booked for %(months)s months are erased every night.",
        practice.months_kept,
    )
    return text % {"date": time_format.day_name(begins), "months": practice.months_kept}


def erase_expired(now: datetime, *, dry_run: bool = False, at_once: bool = False) -> Retention:
    """Erase whoever is due, from a month after the owners were told; tell them if that was not done.

    `at_once` does not wait for that. One client who cannot be erased does not keep the others. After a restore nobody
    is erased until that is finished: the backup does not know who has booked since.
    """
    due = list(due_clients(now))
    keys = [client.pk for client in due]
    if dry_run:
        return Retention(keys, first_run=first_run())
    if due and outgoing_waits():
        return Retention(keys, first_run=first_run())
    if first_run() is None and not at_once:
        _announce(now)
    begins = first_run()
    if not at_once and (begins is None or now < begins):
        return Retention(keys, first_run=begins)
    erased: list[int] = []
    for client in due:
        with guard.isolate_failure(f"erasing client {client.pk}, whose time is over"):
            erased.append(erase_client(client, now=now).client)
    return Retention(keys, erased, begins)


def _announce(now: datetime) -> None:
    """Tell the owners, once it is known that somebody will be due at the first run."""
    count = due_clients(now + NOTICE).count()
    if not count:
        return
    Practice.objects.get_or_create(pk=Practice.current().pk)
    owners = User.objects.filter(Q(role=User.Role.OWNER) | Q(is_superuser=True), is_active=True).exclude(email="")
    for owner in owners:
        with as_read_by(owner):
            emails.send(_("Old clients will be erased"), _notice(count, now + NOTICE), owner.email)
    Practice.objects.update(retention_announced_at=now)


def _notice(count: int, begins: datetime) -> str:
    values = {"count": count, "months": Practice.current().months_kept, "date": time_format.day_name(begins)}
    who = ngettext(
        "From %(date)s on, clients who have not booked for %(months)s months are erased every night: "
        "%(count)s client by then.",
        "From %(date)s on, clients who have not booked for %(months)s months are erased every night: "
        "%(count)s clients by then.",
        count,
    )
    what = _("Their bookings stay without a name, and past events in your calendars lose it.")
    change = _("To keep clients longer, change that in the settings of the practice before.")
    return "\n\n".join([who % values, what, change, f"{settings.BASE_URL}{reverse('practice:settings')}"])

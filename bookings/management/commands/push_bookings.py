"""Push what is due."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from django.core.management.base import CommandParser
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from rich.console import Console

from bookings.actions.leaving import disconnect_settled
from bookings.models import LinkedEvent
from bookings.push import outbox
from bookings.push.outbox import Pushed
from connections.models import Connection
from practice.commands import Failed, JsonCommand

LOOK_AGAIN = 0.2  # seconds between two looks at what another worker has in hand
State = LinkedEvent.State


class Command(JsonCommand):
    help = gettext_lazy(
        "Push bookings that the calendar does not have yet as they are. Own pauses are ignored; those that a server "
        "asked for with Retry-After are not."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--force", action="store_true", help=_("do not wait for what Retry-After asked"))

    def run(self, *, force: bool, **options: Any) -> list[dict[str, Any]]:
        with Console(stderr=True, quiet=not self.progress).status(_("Pushing bookings")):
            pushed = outbox.push_due(timezone.now(), force=True, ignore_retry_after=force)
            pushed += _after_others({one.placement for one in pushed}, force=force)
            disconnect_settled(timezone.now())
        pushed += _held_back({one.placement for one in pushed})
        data = [
            {"booking": one.booking, "push": str(one.state), "error": one.problem.sentence if one.problem else None}
            for one in pushed
        ]
        if any(one.state != State.PUSHED for one in pushed):
            sentences = dict.fromkeys(one.problem.sentence for one in pushed if one.problem)
            raise Failed(" ".join(sentences) or _("Some events were changed on both sides; see the proposals."), data)
        return data

    def show(self, data: Any) -> None:
        text = ngettext("%(count)s event was pushed.", "%(count)s events were pushed.", len(data))
        self.stdout.write(text % {"count": len(data)})


def _left(tried: Iterable[int]) -> QuerySet[LinkedEvent]:
    """What still differs from what is wanted, was not tried just now and waits for no decision."""
    left = LinkedEvent.objects.unsettled().exclude(pk__in=tried).exclude(state__in=LinkedEvent.UNDECIDED)
    return left.exclude(calendar=None).select_related("calendar__connection")


def _after_others(tried: Iterable[int], *, force: bool) -> list[Pushed]:
    """What another worker has in hand: wait until it is done or its claim runs out, and push what is left then."""
    mine: list[Pushed] = []
    askable = Connection.objects.askable(timezone.now(), ignore_retry_after=force)
    for row in _left(tried).filter(calendar__connection__in=askable):
        while row.claimed_until is not None and row.claimed_until > timezone.now():
            time.sleep(LOOK_AGAIN)
            row.refresh_from_db(fields=["claimed_until"])
        mine += outbox.push_again(row, timezone.now(), ignore_retry_after=force)
    return mine


def _held_back(tried: Iterable[int]) -> list[Pushed]:
    """What was not even tried, because its account waits for a person or its server asked to be left alone."""
    return [
        Pushed(row.pk, row.booking_id, row.state, why)  # push_due has marked those that wait for a person
        for row in _left(tried)
        if row.calendar is not None and (why := row.calendar.connection.why_not_asked(timezone.now()))
    ]

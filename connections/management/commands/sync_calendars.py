"""Sync now."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rich.console import Console
from rich.progress import Progress

from connections.models import Connection, Event, SyncRun
from connections.problems import Problem
from connections.sync.report import SyncReport
from connections.sync.run import sync_connection
from practice.commands import Failed, JsonCommand, Refused, user_named

LOOK_AGAIN = 0.2  # seconds between two looks at somebody else's lease


class Command(JsonCommand):
    help = gettext_lazy(
        "Sync calendars now. Our own pauses are ignored; what a server asked for with Retry-After is not."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user")
        parser.add_argument("--connection", type=int)
        parser.add_argument("--full", action="store_true", help=_("compare every calendar in full"))
        parser.add_argument(
            "--force",
            action="store_true",
            help=_("do not wait for what Retry-After asked, and ask again for events that could not be read"),
        )

    def run(
        self, *, user: str | None, connection: int | None, full: bool, force: bool, **options: Any
    ) -> list[dict[str, Any]]:
        chosen = self._chosen(user, connection)
        with Progress(console=Console(stderr=True), disable=not self.progress, transient=True) as progress:
            reports = [
                self._forced(row, full=full) if force else self._sync(row, full=full, force=False)
                for row in progress.track(chosen, description=_("Syncing calendars"))
            ]
        data = [report.as_json() for report in reports]
        failed = [report for report in reports if report.error]
        if failed:
            sentences = dict.fromkeys(report.error.sentence for report in failed if report.error)
            raise Failed(" ".join(sentences), data)
        return data

    def _chosen(self, user: str | None, connection: int | None) -> list[Connection]:
        rows = Connection.objects.all()
        if user is not None:
            rows = rows.filter(user=user_named(user))
        if connection is not None:
            rows = rows.filter(pk=connection)
            if not rows:
                raise Refused(_("There is no connection %(id)s.") % {"id": connection})
        return list(rows)

    def _forced(self, row: Connection, *, full: bool) -> SyncReport:
        """Ask for events in their pause too; it is a failure while one of them stays unread."""
        Event.objects.pending_for(row.pk).update(pending_next_at=timezone.now())
        report = self._sync(row, full=full, force=True)
        unread = Event.objects.pending_for(row.pk).count()
        if report.error or not unread:
            return report
        return replace(report, error=row.about(Problem("member_unread", {"count": unread})))

    def _sync(self, row: Connection, *, full: bool, force: bool) -> SyncReport:
        """Sync one connection to its end, waiting for a lease that somebody else holds."""
        give_up = timezone.now() + timedelta(seconds=settings.LEASE_SECONDS + 5)
        total = SyncReport(row.pk)
        while True:
            report = sync_connection(row.pk, now=timezone.now(), full=full, trigger=SyncRun.Trigger.PERSON, force=force)
            total = total.plus(report)
            if not (report.busy or report.unfinished):
                return total
            if report.busy and timezone.now() >= give_up:
                return replace(total, error=Problem("busy"))
            if report.busy:
                time.sleep(LOOK_AGAIN)
            full = full and report.busy  # what was not compared yet is marked on its rows

    def show(self, data: Any) -> None:
        if not data:
            self.stdout.write(_("There is no connection to sync."))
        for row in data:
            self.stdout.write(
                _(
                    "Connection %(connection)s: %(changed)s changed, %(removed)s removed, "
                    "%(problems)s with a problem, %(requests)s requests, %(seconds)s s"
                )
                % row
            )

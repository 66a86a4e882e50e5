"""How healthy all connections are."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from connections.models import Connection, Event
from connections.problems import sentence
from connections.status.health import waits_for_attention
from practice.commands import Failed, JsonCommand
from practice.times import iso


class Command(JsonCommand):
    help = gettext_lazy("Say how healthy all connections are; exit 1 if one needs a person.")

    def run(self, **options: Any) -> list[dict[str, Any]]:
        rows = Connection.objects.select_related("user").prefetch_related("calendars")
        data = [self._describe(row) for row in rows]
        waiting = [row for row in data if row["needs_person"]]
        if waiting:
            if not self.as_json:
                self.show(data)
            raise Failed(
                ngettext(
                    "%(count)s of %(all)s connections needs a person: %(names)s.",
                    "%(count)s of %(all)s connections need a person: %(names)s.",
                    len(waiting),
                )
                % {
                    "count": len(waiting),
                    "all": len(data),
                    "names": ", ".join(f"{row['user']} ({row['account']})" for row in waiting),
                },
                data,
            )
        return data

    def _describe(self, row: Connection) -> dict[str, Any]:
        selected = [calendar for calendar in row.calendars.all() if calendar.is_conflict_calendar]
        unread = Event.objects.pending_for(row.pk).count()
        owed = sentence("member_unread", {"count": unread}) if unread else None
        fresh = [calendar.fresh_at for calendar in selected]
        return {
            "connection": row.pk,
            "user": row.user.get_username(),
            "account": row.username,
            "healthy": row.healthy and not unread,
            "needs_person": waits_for_attention(row),
            "error": row.sentence or owed,
            "as_of": iso(min((at for at in fresh if at), default=None)) if all(fresh) else None,
            "next_sync_at": iso(row.next_sync_at),
        }

    def show(self, data: Any) -> None:
        if not data:
            self.stdout.write(_("There are no connections."))
        for row in data:
            state = row["error"] or _("healthy")
            self.stdout.write(f"{row['connection']}  {row['user']}  {row['account']}: {state}")

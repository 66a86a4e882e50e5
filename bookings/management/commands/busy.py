"""When is somebody busy, and why?"""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from availability.openings import blocked_slots
from bookings.openings.own_time import own_spans
from connections.busy import busy
from practice.commands import JsonCommand, Refused, instant, user_named
from practice.times import iso


class Command(JsonCommand):
    help = gettext_lazy("List occurrences and blocked slots that overlap a span, whether each blocks, and why.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", required=True)
        parser.add_argument("--from", dest="start", required=True, help=_("ISO 8601 with offset"))
        parser.add_argument("--to", dest="end", required=True, help=_("ISO 8601 with offset"))

    def run(self, *, user: str, start: str, end: str, **options: Any) -> list[dict[str, Any]]:
        staff = user_named(user)
        span = instant(start), instant(end)
        if span[1] <= span[0]:
            raise Refused(_("The end must come after the start."))
        rows: list[dict[str, Any]] = [
            {
                "start": event.start,
                "end": event.end,
                "blocks": event.blocks,
                "reason": event.reason,
                "all_day": event.all_day,
                "summary": event.summary,
                "uid": event.uid,
                "recurrence_id": event.recurrence_id,
                "calendar": event.calendar,
            }
            for event in busy(staff, *span, own_spans=own_spans(staff, *span))
        ]
        rows += [
            {
                "start": slot.start,
                "end": slot.end,
                "blocks": True,
                "reason": "blocked_slot",
                "all_day": False,
                "summary": slot.note,
                "uid": None,
                "recurrence_id": None,
                "calendar": None,
            }
            for slot in blocked_slots(staff, *span)
        ]
        rows.sort(key=lambda row: (row["start"], row["end"]))
        return [{**row, "start": iso(row["start"]), "end": iso(row["end"])} for row in rows]

    def show(self, data: Any) -> None:
        if not data:
            self.stdout.write(_("Nothing."))
        for row in data:
            blocks = _("blocks") if row["blocks"] else _("free")
            self.stdout.write(f"{row['start']} – {row['end']}  {blocks} ({row['reason']})  {row['summary']}")

"""After a restore: where it stands, and what becomes of what waits."""

from __future__ import annotations

from argparse import SUPPRESS
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from operations.restored import steps
from operations.restored.messages import Choice, decide
from operations.restored.steps import NotReady, Progress
from practice.commands import JsonCommand, Refused
from practice.models import Restore
from practice.models.restore import waiting_restore
from practice.time_format import day_clock_and_zone
from practice.times import iso


class Command(JsonCommand):
    help = gettext_lazy("Show how far this copy is after a restore, and decide what becomes of what waits.")

    def add_arguments(self, parser: CommandParser) -> None:
        kinds: dict[str, Any] = {"nargs": "*", "metavar": "KIND", "default": SUPPRESS}
        parser.add_argument(
            "--send", help=_("send messages from before the restore when it is finished: all, or of kinds"), **kinds
        )
        parser.add_argument("--drop", help=_("drop messages from before the restore: all, or of kinds"), **kinds)
        parser.add_argument("--anyway", action="store_true", help=_("go on without accounts that cannot be read"))
        parser.add_argument("--compare", action="store_true", help=_("compare bookings and calendars once more"))
        parser.add_argument("--finish", action="store_true", help=_("let pushes and mails go again"))

    def run(
        self,
        *,
        anyway: bool,
        compare: bool,
        finish: bool,
        send: Sequence[str] | None = None,
        drop: Sequence[str] | None = None,
        **options: Any,
    ) -> dict[str, Any]:
        restore = waiting_restore()
        if restore is None:
            return {"waits": False}
        if compare:
            steps.compare_again(restore)
        if anyway:
            steps.go_on_without(restore)
        self._decide(restore, Choice.SEND, send)
        self._decide(restore, Choice.DROP, drop)
        restore.refresh_from_db()
        steps.audit_if_compared(restore, timezone.now())
        restore.refresh_from_db()
        if finish:
            self._finish(restore)
            return {"waits": False, "finished": True}
        return _as_json(steps.progress_of(restore))

    def _decide(self, restore: Restore, choice: Choice, codes: Sequence[str] | None) -> None:
        if codes is None:
            return
        restore.refresh_from_db()
        waiting = steps.progress_of(restore).messages
        known = {kind.code for kind in waiting}
        if unknown := [code for code in codes if code not in known]:
            words = _("No message of the kind %(kind)s waits. Those that wait: %(kinds)s.")
            raise Refused(words % {"kind": unknown[0], "kinds": ", ".join(sorted(known)) or "–"})
        chosen = codes or [kind.code for kind in waiting if not kind.choice]
        decide(restore, dict.fromkeys(chosen, choice), timezone.now())

    def _finish(self, restore: Restore) -> None:
        try:
            steps.finish(restore, timezone.now())
        except NotReady as error:
            raise Refused(str(error)) from None

    def show(self, data: dict[str, Any]) -> None:
        if not data["waits"]:
            done = _("The restore is finished: pushes and mails go again.")
            self.stdout.write(done if data.get("finished") else _("This copy waits for nothing."))
            return
        for line in _lines(data):
            self.stdout.write(line)


def _as_json(progress: Progress) -> dict[str, Any]:
    restore = progress.restore
    return {
        "waits": True,
        "made": iso(restore.made_at),
        "restored": iso(restore.restored_at),
        "unread": [{"user": one.user.username, "account": one.pk, "error": one.error_code} for one in progress.unread],
        "comparing": [user.username for user in progress.comparing],
        "audited": iso(restore.audited_at) if restore.audited_at else None,
        "differences": restore.differences,
        "questions": progress.questions,
        "later_events": [{"start": iso(one.start), "end": iso(one.end), "uid": one.uid} for one in progress.later],
        "messages": [
            {"kind": kind.code, "name": kind.label, "count": kind.count, "choice": kind.choice}
            for kind in progress.messages
        ],
        "first": progress.why_not_finished,
    }


def _words(data: dict[str, Any]) -> list[str]:
    """How far it is, in sentences for people."""
    made = day_clock_and_zone(datetime.fromisoformat(data["made"]))
    return [
        _("Restored from the backup of %(time)s. Pushes and mails wait.") % {"time": made},
        _("Accounts still to be read: %(count)s") % {"count": len(data["unread"])},
        _("People whose bookings are still compared: %(count)s") % {"count": len(data["comparing"])},
        _("Questions to staff about what changed: %(count)s") % {"count": data["questions"]},
        _("Booked after the backup: %(count)s") % {"count": len(data["later_events"])},
    ]


def _lines(data: dict[str, Any]) -> list[str]:
    choices = {Choice.SEND: _("send"), Choice.DROP: _("drop"), "": _("not decided")}
    kinds = [f"  {one['count']} × {one['name']} ({one['kind']}): {choices[one['choice']]}" for one in data["messages"]]
    last = data["first"] or _("Nothing is left to decide. Finish it with --finish.")
    return [*_words(data), _("Messages from before the restore:"), *(kinds or ["  –"]), last]

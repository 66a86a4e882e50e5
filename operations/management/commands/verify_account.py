"""Compare a real account with what is known of iCloud."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bookings.management.commands.configure_calendars import calendar_called
from connections.dav import DavError
from connections.models import Calendar, Connection
from connections.problems import classify_account
from operations.account_check.check import CheckResult, check_calendar
from operations.account_check.expectations import Outcome
from operations.account_check.fitness import Unfit
from practice.commands import Failed, JsonCommand, Refused, user_named

YES = ("y", "yes", "j", "ja")
TONES = {Outcome.SAME.value: "SUCCESS", Outcome.DIFFERENT.value: "ERROR", Outcome.OPEN.value: "WARNING"}


class Command(JsonCommand):
    help = gettext_lazy(
        "Write, read, move, repeat and delete one event in the year 2099 in an unshared calendar, and compare each "
        "answer with what is known of iCloud; exit 1 if one differs."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", required=True)
        parser.add_argument(
            "--calendar", required=True, metavar="NAME", help=_("name or path of one of their calendars")
        )
        parser.add_argument("--yes", action="store_true", help=_("do not ask first"))

    def run(self, *, user: str, calendar: str, yes: bool, **options: Any) -> dict[str, Any]:
        chosen = calendar_called(user_named(user), calendar)
        _require_may_ask(chosen.connection)
        if chosen.shared:
            raise Refused(
                _("“%(name)s” is shared. Others would see the event: make a new calendar for the check.")
                % {"name": chosen}
            )
        if not yes:
            self._ask_first(chosen)
        result = _checked(chosen)
        data = result.as_json()
        if problem := _problem(result):
            if not self.as_json:
                self.show(data)
            raise Failed(problem, data)
        return data

    def _ask_first(self, calendar: Calendar) -> None:
        self.stderr.write(
            _(
                "Kalends writes one event into “%(name)s”, in January 2099, changes it, and deletes it. "
                "Nobody is invited. Go on? [y/N]"
            )
            % {"name": calendar}
        )
        if sys.stdin.readline().strip().lower() not in YES:
            raise Refused(_("Nothing was asked and nothing was written. Answer y, or give --yes."))

    def show(self, data: dict[str, Any]) -> None:
        for row in data["findings"]:
            expected = " / ".join(row["expected"]) or "?"
            line = f"{row['outcome']:9}  {row['asks']}: {row['found']}"
            known = "" if row["outcome"] == Outcome.SAME.value else f" ({row['source']}: {expected})"
            self.stdout.write(getattr(self.style, TONES[row["outcome"]])(line + known))
        self.stdout.write(
            _("%(same)s as expected, %(different)s different, %(open)s that nobody knows yet.") % data["counts"]
        )
        if data["removed_before"]:
            self.stdout.write(
                _("Events that earlier checks had left: %(count)s, removed.") % {"count": data["removed_before"]}
            )
        self.stdout.write(_("The result is in the support bundle: kalends support-bundle FILE."))


def _require_may_ask(connection: Connection) -> None:
    if problem := connection.why_not_asked(timezone.now()):
        raise Refused(problem.sentence)


def _checked(calendar: Calendar) -> CheckResult:
    try:
        return check_calendar(calendar, timezone.now())
    except Unfit as refusal:
        raise Refused(str(refusal)) from None
    except DavError as error:
        connection = calendar.connection
        problem = connection.about(classify_account(error, connection.username).problem)
        raise Failed(f"{problem.sentence} {_leftover()}") from None


def _problem(result: CheckResult) -> str:
    """Why the check failed, "" if it did not."""
    number = result.count(Outcome.DIFFERENT)
    differ = ngettext(
        "%(count)s answer differs from what is expected.", "%(count)s answers differ from what is expected.", number
    )
    return " ".join(([differ % {"count": number}] if number else []) + ([] if result.is_clean else [_leftover()]))


def _leftover() -> str:
    return _("If an event in January 2099 is left in the calendar, run the command again: it removes it.")

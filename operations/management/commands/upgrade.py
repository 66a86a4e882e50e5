"""Go to the installed version."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import niquests
from django.conf import settings
from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from operations.backup.errors import BackupRefused
from operations.backup.staging import alone
from operations.management.commands.backup import end_on_sigterm
from operations.upgrade import database
from operations.upgrade.errors import UpgradeRefused
from operations.upgrade.plan import Step
from operations.upgrade.services import ByHand, choose
from operations.upgrade.upgrading import Upgrade
from operations.upgrade.versions import Link, recorded_version, upgrades_folder
from practice.commands import Failed, JsonCommand, Refused
from practice.version import version

ANSWER_SECONDS = 3


class Command(JsonCommand):
    help = gettext_lazy(
        "Go to the version that is installed: check, stop, back up, migrate, start. If something fails, everything is "
        "put back as it was."
    )
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--unit", action="append", default=[], help=_("a unit of systemd to stop and start"))
        parser.add_argument("--stop-command", default="", metavar="COMMAND", help=_("stops Kalends, without systemd"))
        parser.add_argument("--start-command", default="", metavar="COMMAND", help=_("starts Kalends"))
        parser.add_argument(
            "--link", type=Path, help=_("a symbolic link to the folder of the version that the services run")
        )
        parser.add_argument("--backup", type=Path, metavar="FILE", help=_("where to write the backup"))

    def run(self, **options: Any) -> dict[str, Any]:
        end_on_sigterm()
        if bool(options["stop_command"]) != bool(options["start_command"]) or (
            options["unit"] and options["stop_command"]
        ):
            raise Refused(_("Give --unit, or both --stop-command and --start-command."))
        try:
            with alone(_("Another restore or upgrade of this deployment is under way.")):
                upgrade = self._checked(options)
                done = self._run(upgrade)
        except (BackupRefused, UpgradeRefused) as error:
            raise Refused(str(error)) from None
        data = _as_json(upgrade)
        if not done:
            raise Failed(upgrade.outcome(), data | {"error": upgrade.outcome()})
        return data | {"start_yourself": isinstance(upgrade.services, ByHand)}

    def _run(self, upgrade: Upgrade) -> bool:
        """Also whoever interrupts it learns how things stand."""
        try:
            return upgrade.run()
        except (KeyboardInterrupt, SystemExit):
            self.stderr.write(upgrade.outcome())
            raise

    def _checked(self, options: dict[str, Any]) -> Upgrade:
        """The first step: nothing is changed before all of it is known to be possible. Raises UpgradeRefused."""
        _refuse_foreign_root()
        migrations = database.migrations_to_apply()
        database.refuse_key()
        now = timezone.now()
        backup = options["backup"] or _backup_file(f"before-{version()}-{now:%Y%m%dT%H%M%SZ}.backup")
        database.refuse_unwritable(backup)
        database.refuse_full_disk(backup.absolute().parent)
        services = choose(options["unit"], options["stop_command"], options["start_command"], settings.INSTANCE)
        if isinstance(services, ByHand):
            _refuse_running()
        link = _link(options["link"])
        return Upgrade(services, backup, recorded_version(), version(), migrations, now, link, [Step.CHECK])

    def show(self, data: Any) -> None:
        count = len(data["migrations"])
        applied = ngettext("%(count)s migration was applied.", "%(count)s migrations were applied.", count)
        self.stdout.write(_("Kalends is now %(to)s.") % data + " " + applied % {"count": count})
        self.stdout.write(_("The backup is %(file)s.") % {"file": data["backup"]})
        if data["start_yourself"]:
            self.stdout.write(_("Start Kalends now."))


def _as_json(upgrade: Upgrade) -> dict[str, Any]:
    return {
        "from": upgrade.old or None,
        "to": upgrade.new,
        "migrations": upgrade.migrations,
        "backup": str(upgrade.backup),
        "steps": [str(step) for step in upgrade.done],
    }


def _backup_file(name: str) -> Path:
    folder = upgrades_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / name


def _link(path: Path | None) -> Link | None:
    if path is None:
        return None
    if path.exists() and not path.is_symlink():
        words = _("%(path)s is no symbolic link. Give the one that the services run from.")
        raise UpgradeRefused(words % {"path": path})
    return Link(path)


def _refuse_foreign_root() -> None:
    """What root writes into the folder of somebody else, they could not change any more."""
    owner = Path(settings.HOME).stat().st_uid
    if os.geteuid() == 0 and owner:
        words = _("The folder %(folder)s belongs to another user. Run it as that user: sudo -u '#%(owner)s' …")
        raise UpgradeRefused(words % {"folder": settings.HOME, "owner": owner})


def _refuse_running() -> None:
    """Where nobody said how to stop Kalends, it must have been stopped."""
    words = _(
        "Kalends runs. Stop the web server and all workers first, or say how: --unit for systemd, or --stop-command "
        "and --start-command."
    )
    if database.is_used() or _answers():
        raise UpgradeRefused(words)


def _answers() -> bool:
    """Does a web server of Kalends answer? One that had nothing to do is not connected to the database."""
    try:
        answer = niquests.get(f"{settings.BASE_URL}/healthz", timeout=ANSWER_SECONDS, allow_redirects=False)
        return "live" in answer.json()
    except (niquests.RequestException, ValueError):
        return False

"""The command line of Kalends, which `kalends` and `manage.py` share."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping
from typing import Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import BaseCommand, ManagementUtility, find_commands, get_commands
from django.core.management.color import color_style
from django.utils import translation
from django.utils.translation import gettext as _

from config import CODE
from config.operator_language import operator_language, speak
from practice.version import version

PACKAGES: Final = ("availability", "bookings", "config", "connections", "operations", "practice", "sandbox")
SETTINGS: Final = "config.settings"
FAILED: Final = 1
REFUSED: Final = 2
SERVING: Final = (["run"], ["web"], ["worker"])
"""What units of systemd run: they start again what failed, but not what refuses to start."""
DEMO: Final = "demo"
"""The command of the sandbox, and what the names of its other commands begin with."""


class Console(ManagementUtility):
    """Django's command line in the language of whoever types; commands that are called by code stay in theirs.

    The words of a command may have dashes: `support-bundle` is the command `support_bundle`.
    """

    def __init__(self, arguments: list[str]) -> None:
        super().__init__(arguments)
        if self.prog_name in ("__main__.py", "command_line.py", "python -m django"):
            self.prog_name = "kalends"

    def execute(self) -> None:
        if self.argv[1:] in (["version"], ["--version"]):
            sys.stdout.write(f"{version()}\n")  # Django would print its own
        else:
            super().execute()

    def fetch_command(self, subcommand: str) -> BaseCommand:
        translation.activate(operator_language(os.environ))  # not sooner: it asks all apps for their words
        return super().fetch_command(command_name(subcommand))

    def main_help_text(self, commands_only: bool = False) -> str:
        """The names of all commands, those of Kalends first. `commands_only`: alone, one a line."""
        if commands_only:
            return super().main_help_text(commands_only=True)
        translation.activate(operator_language(os.environ))
        usage = _("Type “%(program)s help COMMAND” for help on one command.") % {"program": self.prog_name}
        own, others = split_commands(get_commands())
        style = color_style()
        lines = ["", usage, "", style.NOTICE(_("Commands of Kalends"))]
        lines += [f"    {name}" for name in own]
        lines += ["", style.NOTICE(_("Commands of Django and of other packages"))]
        lines += [f"    {name}" for name in others]
        return "\n".join(lines)


def command_name(typed: str) -> str:
    """The name of a command as Python has it; options such as `--help` stay as they are."""
    return typed if typed.startswith("-") else typed.replace("-", "_")


def split_commands(commands: Mapping[str, str | BaseCommand]) -> tuple[list[str], list[str]]:
    """The commands of Kalends with its demo, and those of other packages, as they are typed: with dashes, sorted.

    `commands`: what Django's `get_commands` gives, the app of each command.
    """
    ours = {name for name, app in commands.items() if _is_ours(app)}
    return _typed({*ours, *_demo_commands()}), _typed(commands.keys() - ours)


def _is_ours(app: str | BaseCommand) -> bool:
    name = app if isinstance(app, str) else type(app).__module__
    return name.partition(".")[0] in PACKAGES


def _demo_commands() -> list[str]:
    """What the sandbox has, which is an installed app in the demo only, without the demo's own processes."""
    return [name for name in find_commands(str(CODE / "sandbox" / "management")) if name == DEMO]


def _typed(names: Iterable[str]) -> list[str]:
    return sorted(name.replace("_", "-") for name in names)


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns the exit code. `arguments`: the program and what was typed after it, else sys.argv.

    Invalid settings are reported in one sentence, with --json as JSON as well. They are 2 for what serves and 1 for all
    other commands, which end the process themselves where they do not end with 0.
    """
    arguments = sys.argv if arguments is None else arguments
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    if any(argument.startswith(DEMO) for argument in _command_asked_for(arguments)):
        os.environ["DEMO"] = "true"  # the demo's commands belong to the sandbox, which is installed for the demo only
    speak(operator_language(os.environ), os.environ)
    try:
        hasattr(settings, "INSTALLED_APPS")  # reads them all
    except ImproperlyConfigured as error:
        if "--json" in arguments:
            print(json.dumps({"error": str(error)}, indent=2))  # noqa: T201 - no command is there yet to print it
        print(error, file=sys.stderr)  # noqa: T201
        return REFUSED if _command_asked_for(arguments)[:1] in SERVING else FAILED
    Console(arguments).execute()
    return 0


def _command_asked_for(arguments: list[str]) -> list[str]:
    """The command that is run or, after `help`, explained; empty if there is none."""
    return arguments[2:3] if arguments[1:2] == ["help"] else arguments[1:2]


if __name__ == "__main__":
    sys.exit(main())

"""`kalends-all`: one command for all instances of this machine."""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
from collections.abc import Sequence
from gettext import gettext as _
from pathlib import Path
from typing import Final

from config.operator_language import operator_language, speak
from operations.instances.commands import CommandResult, run_alone, run_for
from operations.instances.found import FOLDER, Instance, NoInstances, find_instances

DONE: Final = 0
FAILED: Final = 1
REFUSED: Final = 2
TIMEOUT_SECONDS: Final = 3600.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns 0 if it was done for all instances, 1 if it failed for one, 2 if nothing was tried."""
    speak(operator_language(os.environ), os.environ)
    options = _options(arguments)
    folder = Path(os.environ.get("KALENDS_INSTANCES", "").strip() or FOLDER)
    try:
        instances = find_instances(folder)
        if options.instance:
            return _run_one(instances, options.instance, options.command)
    except NoInstances as error:
        if options.as_json:
            print(json.dumps({"error": str(error)}, indent=2, ensure_ascii=False))  # noqa: T201
        _complain(str(error))
        return REFUSED
    outcomes = [_run(instance, options) for instance in instances]
    if options.as_json:
        print(json.dumps([outcome.as_json() for outcome in outcomes], indent=2, ensure_ascii=False))  # noqa: T201
    return DONE if all(outcome.is_ok for outcome in outcomes) else FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kalends-all",
        description=_(
            "Run a command of kalends for all instances of this machine, one after the other, and print one line each. "
            "Instances are the files NAME.env in /etc/kalends, or in the folder that KALENDS_INSTANCES names."
        ),
    )
    parser.add_argument("--json", action="store_true", dest="as_json", help=_("print one JSON array"))
    parser.add_argument("--instance", metavar="NAME", help=_("run it for this one alone, with this terminal"))
    parser.add_argument(
        "--timeout", type=_seconds, default=TIMEOUT_SECONDS, help=_("seconds that it may take for one instance")
    )
    parser.add_argument(
        "command", nargs=argparse.REMAINDER, metavar="COMMAND", help=_("the command, with its arguments")
    )
    return parser


def _seconds(text: str) -> float:
    """A length of time. Raises ArgumentTypeError unless it is a number above 0."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < threading.TIMEOUT_MAX:  # neither is nan
        raise argparse.ArgumentTypeError(_("give a number of seconds above 0"))
    return seconds


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = _parser()
    options = parser.parse_args(arguments)
    if not options.command:
        parser.error(_("give a COMMAND, such as check_connections"))
    return options


def _run(instance: Instance, options: argparse.Namespace) -> CommandResult:
    """Run the command for one of them, and print its line at once."""
    if instance.warning:
        _complain(instance.warning)
    outcome = run_for(instance, options.command, options.timeout)
    if not options.as_json:
        print(outcome.text, flush=True)  # noqa: T201 - what a console script prints
    return outcome


def _run_one(instances: Sequence[Instance], name: str, command: Sequence[str]) -> int:
    chosen = next((instance for instance in instances if instance.name == name), None)
    if chosen is None:
        known = ", ".join(instance.name for instance in instances)
        _complain(_("There is no instance “%(name)s”. There are: %(known)s.") % {"name": name, "known": known})
        return REFUSED
    if chosen.warning:
        _complain(chosen.warning)
    if chosen.problem:
        _complain(chosen.problem)
        return FAILED
    return run_alone(chosen, command)


def _complain(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())

"""What all commands of Kalends share: exit codes, sentences instead of tracebacks, and --json."""

from __future__ import annotations

import getpass
import json
import sys
from abc import abstractmethod
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _

from connections.instants import parse_instant


class Failed(CommandError):
    """It was tried and did not work: exit 1."""

    def __init__(self, sentence: str, data: Any = None) -> None:
        super().__init__(sentence, returncode=1)
        self.data = data


class Refused(CommandError):
    """It must not or cannot be done as asked: exit 2."""

    def __init__(self, sentence: str, data: Any = None) -> None:
        super().__init__(sentence, returncode=2)
        self.data = data


class JsonCommand(BaseCommand):
    """A command that prints for people or, with --json, for programs.

    Subclasses give `run`, which returns JSON-able data or raises Failed or Refused with one sentence, and `show`, which
    prints that data for people. With --json the data is printed on failure too: `data` of the exception where it has
    some, else `{"error": sentence}`.
    """

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.add_argument("--json", action="store_true", dest="as_json", help=_("print JSON"))
        return parser

    def handle(self, *args: Any, **options: Any) -> None:
        self.as_json = options.pop("as_json")
        self.progress = not self.as_json and sys.stderr.isatty()
        try:
            data = self.run(**options)
        except (Failed, Refused) as error:
            if self.as_json:
                self._print({"error": str(error)} if error.data is None else error.data)
            raise
        if self.as_json:
            self._print(data)
        else:
            self.show(data)

    @abstractmethod
    def run(self, *args: Any, **options: Any) -> Any:
        """Do it; JSON-able data."""

    def show(self, data: Any) -> None:
        self._print(data)

    def _print(self, data: Any) -> None:
        self.stdout.write(json.dumps(data, cls=DjangoJSONEncoder, indent=2, ensure_ascii=False))


def read_password(prompt: str) -> str:
    """A password from a prompt or, where nobody sits, from the first line of standard input; never from an argument."""
    if sys.stdin.isatty():
        return getpass.getpass(prompt)
    return sys.stdin.readline().rstrip("\r\n")


def user_named(username: str) -> User:
    """The user of that name; Refused if there is none."""
    try:
        return get_user_model().objects.get(username=username)
    except get_user_model().DoesNotExist:
        raise Refused(_("There is no user “%(name)s”.") % {"name": username}) from None


def instant(text: str) -> datetime:
    """An ISO 8601 time with its offset, in UTC; Refused if it is naive or none."""
    try:
        return parse_instant(text)
    except ValueError as error:
        raise Refused(str(error)) from None

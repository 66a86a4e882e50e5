"""What all commands of Kalends share: exit codes, sentences instead of tracebacks, and --json."""

from __future__ import annotations

import getpass
import json
import sys
from abc import abstractmethod
from datetime import datetime
from functools import partial
from typing import Any, NoReturn

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core import checks
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser, SystemCheckError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError, OperationalError, ProgrammingError
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from practice.management.shell import displayed, not_utf8, speak_plainly
from practice.models import User
from practice.times import parse_instant

UNUSABLE = (DatabaseError, OperationalError, ProgrammingError)
"""What a database raises that is not there, lacks tables, or is a damaged file; other errors are ours."""


class Failed(CommandError):
    """The command tried and failed: exit code 1."""

    def __init__(self, sentence: str, data: Any = None) -> None:
        super().__init__(sentence, returncode=1)
        self.data = data


class Refused(CommandError):
    """The command refuses what it was asked to do: exit code 2."""

    def __init__(self, sentence: str, data: Any = None) -> None:
        super().__init__(sentence, returncode=2)
        self.data = data


class JsonCommand(BaseCommand):
    """A command that prints for people or, with --json, for programs.

    Subclasses define `run`, which returns data that JSON can represent or raises Failed or Refused with one sentence,
    and `show`, which prints that data for people. With --json a failure prints data too: `data` of the exception or,
    without any, `{"error": sentence}`. From a shell only the sentence goes to standard error, and the exit code is 1
    for Failed and 2 for Refused or invalid arguments.
    """

    help: str | Promise = ""  # type: ignore[assignment] # said in the language of the operator
    _called_from_command_line: bool  # Django's own; the stubs lack it
    _asked_for_json = False

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.description = str(self.help) or None
        parser.add_argument("--json", action="store_true", dest="as_json", help=_("print JSON"))
        if self._called_from_command_line:
            parser.error = partial(self._misused, subcommand)  # type: ignore[method-assign]
        return parser

    def run_from_argv(self, argv: list[str]) -> None:
        self._asked_for_json = "--json" in argv
        if garbled := next(filter(not_utf8, argv), ""):
            self._misused(argv[1], _("“%(text)s” is not UTF-8") % {"text": displayed(garbled)})
        super().run_from_argv(argv)

    def execute(self, *args: Any, **options: Any) -> str | None:
        if self._called_from_command_line and not options["traceback"]:
            speak_plainly(self._tell)
        try:
            return super().execute(*args, **options)
        except (Failed, Refused) as error:
            if options["as_json"]:
                self._print({"error": str(error)} if error.data is None else error.data)
            if not self._called_from_command_line or options["traceback"]:
                raise
            self.stderr.write(str(error))  # Django would put the name of the class before it
            sys.exit(error.returncode)

    def handle(self, *args: Any, **options: Any) -> None:
        self.as_json = options.pop("as_json")
        self.progress = not self.as_json and sys.stderr.isatty()
        data = self._attempt(options)
        if self.as_json:
            self._print(data)
        else:
            self.show(data)

    def check(self, *args: Any, **options: Any) -> None:
        """Django's check of the settings. Raises Failed with what is wrong and what to set, in one line."""
        try:
            super().check(*args, **options)
        except SystemCheckError:
            problems = [problem for problem in checks.run_checks() if problem.is_serious()]
            raise Failed(" ".join(f"{one.msg} {one.hint or ''}".strip() for one in problems)) from None

    def _attempt(self, options: dict[str, Any]) -> Any:
        try:
            return self.run(**options)
        except DatabaseError as error:
            if type(error) not in UNUSABLE:
                raise
            reason = " ".join(str(error).split())
            raise Failed(_("The database cannot be used: %(reason)s.") % {"reason": reason.rstrip(".")}) from error

    def _misused(self, subcommand: str, message: str) -> NoReturn:
        self._tell(_("%(command)s: %(message)s; see --help.") % {"command": subcommand, "message": message})
        sys.exit(2)

    def _tell(self, sentence: str) -> None:
        """Print to the shell what went wrong."""
        if self._asked_for_json:
            self._print({"error": sentence})
        self.stderr.write(sentence)

    @abstractmethod
    def run(self, *args: Any, **options: Any) -> Any:
        """Do the work and return data that JSON can represent."""

    def show(self, data: Any) -> None:
        self._print(data)

    def _print(self, data: Any) -> None:
        self.stdout.write(json.dumps(data, cls=DjangoJSONEncoder, indent=2, ensure_ascii=False))


def read_password(prompt: str) -> str:
    """A password from a prompt or, without a terminal, from the first line of standard input; never from an argument.

    Refused if it is not UTF-8.
    """
    try:
        text = getpass.getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
        text.encode()
    except UnicodeError:
        raise Refused(_("The password is not UTF-8. Set the terminal or the file to UTF-8 and try again.")) from None
    return text


def new_user(username: str, email: str) -> User:
    """A new user, not saved yet, with a password that is read from a prompt or standard input.

    Refused if the name is empty or differs from another by its capitals only, because nobody could tell them apart, or
    if the address or the password is not good enough.
    """
    if not username.strip():
        raise Refused(_("Give a --username, such as anna."))
    if known := User.objects.filter(username__iexact=username).first():
        raise Refused(_("There is already a user “%(name)s”; choose another --username.") % {"name": known})
    user = User(username=username, email=email)
    try:
        user.full_clean(exclude=["password"])
        password = read_password(_("Password for %(name)s: ") % {"name": user.username})
        validate_password(password, user)
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from None
    user.set_password(password)
    return user


def in_one_line(error: ValidationError) -> str:
    """The messages of the error in one line, each after the name of its field."""
    return " ".join(f"{field}: {' '.join(texts)}" for field, texts in error.message_dict.items())


def user_named(username: str) -> User:
    """The user of that name; Refused if there is none."""
    try:
        return get_user_model().objects.get(username=username)
    except get_user_model().DoesNotExist:
        raise Refused(_("There is no user “%(name)s”.") % {"name": username}) from None


def instant(text: str) -> datetime:
    """An ISO 8601 time with its offset, in UTC; Refused if it is no time, has no offset, or is too far from today."""
    try:
        return parse_instant(text)
    except ValueError as error:
        raise Refused(str(error)) from None

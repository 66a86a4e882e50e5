"""Reading settings from the environment: an invalid value is refused with the name of its setting, never guessed."""

from __future__ import annotations

import math
import os
import warnings
from collections.abc import Callable
from gettext import gettext as _  # Django’s needs the settings, which are only being read, and so does its noop
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured


def gettext_noop(text: str) -> str:
    """The text, which `makemessages` collects."""
    return text


SQLITE = "django.db.backends.sqlite3"
NUMBER = gettext_noop("Set it to a number, or leave it out.")
DATABASE = gettext_noop("Set it to something like postgres://kalends:password@127.0.0.1:5432/kalends.")
MAIL = gettext_noop("Set it to something like smtp+tls://user:password@mail.example.com:587.")
NO = frozenset(("false", "off", "no", "n", "0", ""))


def home() -> Path:
    """The folder in which `.env`, the database and uploads lie: KALENDS_HOME or, without it, the working directory.

    Raises ImproperlyConfigured for a folder that does not exist, so that a typing error does not begin a new database.
    """
    folder = Path(os.environ.get("KALENDS_HOME", "").strip()).resolve()
    if not folder.is_dir():
        raise ImproperlyConfigured(
            _("KALENDS_HOME is no folder. Create it, set it to one that exists, or leave it out.")
        )
    return folder


def _make_private(database: Path) -> None:
    """Make the file of the database and its folder, if there are none, so that only their user can read them."""
    database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if database.name != ":memory:":
        database.touch(mode=0o600)


class Environment(environ.Env):  # type: ignore[misc]
    """django-environ with errors that say what to set, where the library shows a traceback or misreads the value."""

    EMAIL_SCHEMES = {**environ.Env.EMAIL_SCHEMES, "consolemail": "config.console.EmailBackend"}

    @classmethod
    def read_env(cls, env_file: Path, **overrides: Any) -> None:
        """Add the settings of a file `.env`, if there is one. Raises ImproperlyConfigured if it is not UTF-8."""
        try:
            super().read_env(env_file, **overrides)
        except UnicodeDecodeError:
            raise ImproperlyConfigured(_("%(file)s is not UTF-8. Save it as UTF-8.") % {"file": env_file}) from None

    def get_value(self, var: str, cast: Any = None, *args: Any, **kwargs: Any) -> Any:
        """The value of `var`. Raises ImproperlyConfigured with a sentence if it is invalid."""
        if cast is bool:
            self._check_bool(var)
        try:
            return super().get_value(var, cast, *args, **kwargs)
        except ValueError:
            raise self._invalid(var, _(NUMBER)) from None

    def one_of(self, var: str, values: tuple[str, ...]) -> str:
        """One of `values`; the first without the setting. Raises ImproperlyConfigured for anything else."""
        value = str(self.get_value(var, str, default="")).strip() or values[0]
        if value not in values:
            raise self._invalid(var, _("Set it to one of: %(values)s.") % {"values": ", ".join(values)})
        return value

    def float(self, var: str, *args: Any, **kwargs: Any) -> float:
        """A finite number. The library drops characters that are no digits: it reads "1e3" as 13."""
        try:
            number = float(self.get_value(var, str, *args, **kwargs))
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise self._invalid(var, _(NUMBER))
        return number

    def db_url(self, var: str = "DATABASE_URL", *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The database, with the folder of its file. Raises ImproperlyConfigured for any but SQLite and PostgreSQL."""
        with warnings.catch_warnings(action="ignore"):  # the error below says it
            found = self._address(super().db_url, var, _(DATABASE), *args, **kwargs)
        if found.get("ENGINE") not in (SQLITE, "django.db.backends.postgresql"):
            raise self._invalid(var, _(DATABASE))
        if found["ENGINE"] == SQLITE:
            try:
                _make_private(Path(found["NAME"]))
            except OSError:
                raise self._invalid(var, _("Set it to a file in a folder that can be written.")) from None
        return found

    def email_url(self, var: str = "EMAIL_URL", *args: Any, **kwargs: Any) -> dict[str, Any]:
        """How mails are sent. Raises ImproperlyConfigured for an address that cannot send any."""
        found = self._address(super().email_url, var, _(MAIL), *args, **kwargs)
        if found["EMAIL_BACKEND"].endswith("smtp.EmailBackend") and not found["EMAIL_HOST"]:
            raise self._invalid(var, _(MAIL))
        return found

    def _address(
        self, read: Callable[..., dict[str, Any]], var: str, hint: str, *args: Any, **kwargs: Any
    ) -> dict[str, Any]:
        try:
            return read(var, *args, **kwargs)
        except (ImproperlyConfigured, ValueError):  # for example a port that is no number
            raise self._invalid(var, hint) from None

    def _check_bool(self, var: str) -> None:
        if self.ENVIRON.get(var, "").strip().lower() not in NO.union(self.BOOLEAN_TRUE_STRINGS):
            raise self._invalid(var, _("Set it to true or false."))

    def _invalid(self, var: str, hint: str) -> ImproperlyConfigured:
        """The value is not repeated: an address of a database or a mail server has a password in it."""
        return ImproperlyConfigured(_("%(name)s is invalid. %(hint)s") % {"name": var, "hint": hint})

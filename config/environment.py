"""Reading settings from the environment: what makes no sense is refused with its name, never guessed."""

from __future__ import annotations

import warnings
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

NO = frozenset(("false", "off", "no", "n", "0", ""))


class Environment(environ.Env):  # type: ignore[misc]
    """django-environ, which says what to set where it would show a traceback or take a value for another."""

    EMAIL_SCHEMES = {**environ.Env.EMAIL_SCHEMES, "consolemail": "config.console.EmailBackend"}

    def get_value(self, var: str, cast: Any = None, *args: Any, **kwargs: Any) -> Any:
        """The value of `var`. Raises ImproperlyConfigured with a sentence for one that cannot be meant."""
        if cast is bool:
            self._check_bool(var)
        try:
            return super().get_value(var, cast, *args, **kwargs)
        except ValueError:
            raise self._senseless(var, "Set it to a number, or leave it out.") from None

    def db_url(self, var: str = "DATABASE_URL", *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The database. Raises ImproperlyConfigured for another than SQLite and PostgreSQL."""
        with warnings.catch_warnings(action="ignore"):  # it is said below
            found: dict[str, Any] = super().db_url(var, *args, **kwargs)
        if found.get("ENGINE") not in ("django.db.backends.sqlite3", "django.db.backends.postgresql"):
            raise self._senseless(var, "Set it to something like postgres://kalends:password@127.0.0.1:5432/kalends.")
        return found

    def email_url(self, var: str = "EMAIL_URL", *args: Any, **kwargs: Any) -> dict[str, Any]:
        """How mails are sent. Raises ImproperlyConfigured for what is no way to send any."""
        try:
            found: dict[str, Any] = super().email_url(var, *args, **kwargs)
        except ImproperlyConfigured:
            hint = "Set it to something like smtp+tls://user:password@mail.example.com:587."
            raise self._senseless(var, hint) from None
        return found

    def _check_bool(self, var: str) -> None:
        if self.ENVIRON.get(var, "").strip().lower() not in NO.union(self.BOOLEAN_TRUE_STRINGS):
            raise self._senseless(var, "Set it to true or false.")

    def _senseless(self, var: str, hint: str) -> ImproperlyConfigured:
        """The value is not repeated: an address of a database or a mail server has a password in it."""
        return ImproperlyConfigured(f"{var} makes no sense as it is set. {hint}")

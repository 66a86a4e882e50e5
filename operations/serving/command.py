"""What `run`, `web` and `worker` share: they keep running, and refuse to start where they could not work."""

from __future__ import annotations

import errno
import json
import os
import socket
from argparse import ArgumentParser
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from gunicorn.util import parse_address

from operations.serving.preload import preload
from operations.serving.static_files import collect_if_changed
from operations.serving.web import DEFAULT_BIND, DEFAULT_THREADS, WebOptions
from operations.tables import missing_migrations, why_newer
from operations.upgrade.errors import StepFailed
from operations.upgrade.versions import record_version
from practice.commands import Failed, JsonCommand, Refused
from practice.version import version


class ServingCommand(JsonCommand):
    """A command that runs until a signal stops it. It prints one line when it serves, with --json as JSON."""

    help: str | Promise = ""  # what the stubs forget where a class lies between

    def check(self, *args: Any, **options: Any) -> None:
        """The check of the settings. What a person must change is refused: a unit of systemd is not started again."""
        try:
            super().check(*args, **options)
        except Failed as error:
            raise Refused(str(error)) from None

    def handle(self, *args: Any, **options: Any) -> None:
        self.as_json = options.pop("as_json")
        self.language = translation.get_language()
        self._attempt(options)

    def in_language_of_operator(self) -> translation.override:
        """A context in which sentences are for whoever started the command, after the pages speak English."""
        return translation.override(self.language)

    def announce(self, sentence: str, **facts: Any) -> None:
        """Say that it serves: `facts` with --json, else the sentence."""
        self.stdout.write(json.dumps(facts) if self.as_json else sentence)
        self.stdout.flush()

    def announce_address(self, address: str) -> None:
        """Say where the web server listens."""
        with self.in_language_of_operator():
            sentence = _("Kalends listens at %(address)s. Ctrl-C stops it.") % {"address": address}
        self.announce(sentence, address=address, base_url=settings.BASE_URL)


def add_web_arguments(parser: ArgumentParser) -> None:
    """The options of the web server."""
    parser.add_argument("--bind", default=DEFAULT_BIND, metavar="HOST:PORT", help=_("where to listen, or unix:FILE"))
    parser.add_argument(
        "--threads", type=int, default=DEFAULT_THREADS, help=_("requests that a web process serves at once")
    )
    parser.add_argument("--access-log", action="store_true", help=_("log every request"))


def web_options(options: dict[str, Any]) -> WebOptions:
    """What was given on the command line. Raises Refused for what is no address, is in use, or is less than one."""
    for name in ("threads", "processes", "workers"):
        if options.get(name, 1) < 1:
            raise Refused(_("--%(name)s must be at least 1.") % {"name": name})
    _check_bind(options["bind"])
    return WebOptions(options["bind"], options.get("processes", 1), options["threads"], options["access_log"])


def _check_bind(bind: str) -> None:
    try:
        address = parse_address(bind)
        if not bind or not address:
            raise RuntimeError  # gunicorn would listen nowhere
        if isinstance(address, tuple):
            _try_to_listen(*address)
        elif isinstance(address, str):
            _try_socket(Path(address))
    except (RuntimeError, OverflowError, UnicodeError, socket.gaierror):
        raise Refused(_("--bind is no address. Give something like 127.0.0.1:8000.")) from None
    except OSError as error:
        words = {"address": bind, "reason": error.strerror or error}
        raise Refused(_("Kalends cannot listen at %(address)s: %(reason)s. Choose another --bind.") % words) from None


def _try_to_listen(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))


def _try_socket(path: Path) -> None:
    """Raises OSError if Kalends cannot listen there. gunicorn would take the socket away from one that listens."""
    with socket.socket(socket.AF_UNIX) as probe:
        if path.is_socket():
            with suppress(ConnectionRefusedError):  # left behind
                probe.connect(str(path))
                raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))
        else:
            probe.bind(str(path))
            path.unlink()


def refuse_other_tables() -> None:
    """Raise Refused if the tables are of an older or a newer version. Nothing migrates by itself: see `upgrade`."""
    if newer := why_newer():
        raise Refused(newer)
    if missing := len(missing_migrations()):
        sentence = ngettext(
            "The database lacks %(count)s migration. Run “kalends upgrade” or, if it is new, “kalends migrate”.",
            "The database lacks %(count)s migrations. Run “kalends upgrade” or, if it is new, “kalends migrate”.",
            missing,
        )
        raise Refused(sentence % {"count": missing})


def prepare_web() -> WSGIHandler:
    """Collect static files, load all code and make the application. From here on nobody speaks like the operator."""
    _note_version()
    collect_if_changed()
    translation.activate(settings.LANGUAGE_CODE)  # pages and tasks choose the language of whoever reads
    application = get_wsgi_application()
    preload()
    return application


def prepare_worker() -> None:
    """Make the schedules match the code."""
    _note_version()
    call_command("setup_schedules", stdout=StringIO())


def _note_version() -> None:
    """For the next upgrade, which then can name the version from before; it goes without where it must."""
    with suppress(StepFailed):
        record_version(version())

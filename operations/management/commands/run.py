"""Run web server, worker and schedules as one unit."""

from __future__ import annotations

from argparse import ArgumentParser
from functools import partial
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from operations.serving.command import (
    ServingCommand,
    add_web_arguments,
    prepare_web,
    prepare_worker,
    refuse_other_tables,
    web_options,
)
from operations.serving.unit import PartEnded, Unit
from operations.serving.web import WebServer
from operations.serving.worker import run_cluster
from practice.commands import Failed

WEB, WORKER = "web", "worker"  # the parts
DEFAULT_WORKERS: Final = 1  # enough for few people, and each takes memory


class Command(ServingCommand):
    help = gettext_lazy("Run everything in one unit: web server, worker and schedules. Ctrl-C or SIGTERM stops it.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_web_arguments(parser)
        parser.add_argument(
            "--workers", type=int, default=DEFAULT_WORKERS, help=_("number of processes that work in the background")
        )

    def run(self, **options: Any) -> None:
        chosen = web_options(options)
        refuse_other_tables()
        prepare_worker()
        server = WebServer(chosen, prepare_web(), self.announce_address)
        try:
            Unit({WORKER: partial(run_cluster, options["workers"]), WEB: server.run}).run()
        except PartEnded as error:
            with self.in_language_of_operator():
                raise Failed(_ended(error)) from None


def _ended(error: PartEnded) -> str:
    if error.name == WEB:
        return _("The web server ended (%(code)s), so everything was stopped.") % {"code": error.code}
    return _("The worker ended (%(code)s), so everything was stopped.") % {"code": error.code}

"""Run the web server without a worker."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from operations.serving.command import (
    ServingCommand,
    add_web_arguments,
    prepare_web,
    refuse_other_tables,
    web_options,
)
from operations.serving.web import WebServer


class Command(ServingCommand):
    help = gettext_lazy("Run the web server; start a worker beside it, or use “run”.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_web_arguments(parser)
        parser.add_argument("--processes", type=int, default=1, help=_("number of web processes"))

    def run(self, **options: Any) -> None:
        chosen = web_options(options)
        refuse_other_tables()
        WebServer(chosen, prepare_web(), self.announce_address).run()

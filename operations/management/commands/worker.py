"""Run a worker cluster without a web server."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from operations.serving.command import ServingCommand, prepare_worker, refuse_other_tables
from operations.serving.preload import preload
from operations.serving.worker import run_cluster


class Command(ServingCommand):
    help = gettext_lazy("Run a worker, which does what is due: syncs, pushes and e-mails. It sets up the schedules.")

    def run(self, **options: Any) -> None:
        refuse_other_tables()
        prepare_worker()
        sentence = _("The worker works. Ctrl-C stops it.")
        translation.activate(settings.LANGUAGE_CODE)  # tasks choose the language of whoever reads
        preload()
        self.announce(sentence, workers=settings.WORKERS)
        run_cluster(settings.WORKERS)

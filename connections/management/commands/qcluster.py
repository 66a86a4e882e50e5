"""`qcluster` of django-q2, with a supervisor that survives a killed worker, and that ends when it is told to stop."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import translation
from django_q import cluster
from django_q.management.commands import qcluster

from connections.worker.supervisor import Cluster, Supervisor


class Command(qcluster.Command):  # type: ignore[misc] # the library has no types
    def handle(self, *args: Any, **options: Any) -> None:
        translation.activate(settings.LANGUAGE_CODE)  # tasks choose the language of whoever reads, not the operator's
        cluster.Sentinel, qcluster.Cluster = Supervisor, Cluster
        super().handle(*args, **options)

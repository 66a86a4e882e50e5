"""What the worker would do."""

from __future__ import annotations

from django.utils.module_loading import import_string
from django_q.models import OrmQ


def work() -> None:
    """Do what is queued."""
    while queued := OrmQ.objects.order_by("pk").first():
        task = queued.task
        queued.delete()
        import_string(task["func"])(*task["args"])

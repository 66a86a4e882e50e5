"""What all processes need is loaded once, before they are forked, so that they share the memory."""

from __future__ import annotations

import gc
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from babel.dates import format_datetime
from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.template.loader import get_template
from django.urls import get_resolver
from django.utils import formats, translation

from operations.serving.linux import return_free_memory

MODULES: Final = (
    "bookings.context_processors",
    "bookings.tasks",
    "connections.tasks",
    "connections.worker.supervisor",
    "css_inline",
    "django_q.brokers.orm",
    "gunicorn.workers.gthread",
    "h11",
)
"""What the URLs do not import, and a process would load by itself later."""
SQLITE_CACHE_KILOBYTES: Final = 512  # SQLite's default is 2000


def preload() -> None:
    """Load the code of web server and worker, and make the memory ready to be shared by forked processes.

    Closes the connections to the database: no two processes may use the same one.
    """
    return_free_memory()
    connection_created.connect(_shrink_sqlite_cache)
    for name in MODULES:
        import_module(name)
    _ = get_resolver().reverse_dict  # imports all views
    _load_languages()
    _load_templates()
    connections.close_all()
    gc.collect()
    gc.freeze()  # else the first collection of each process would write to every object, and copy its page


def _load_languages() -> None:
    """The translations and formats of all languages, which are read from their files at the first use."""
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            translation.gettext("OK")
            formats.get_format("DATE_FORMAT")
            format_datetime(datetime.now(UTC), locale=language)


def _load_templates() -> None:
    """All templates of Kalends: the cached loader keeps them."""
    for folder in settings.TEMPLATES[0]["DIRS"]:
        for path in Path(folder).rglob("*.*"):
            name = path.relative_to(folder)
            if name.parts[0] != "sandbox":
                get_template(name.as_posix())


def _shrink_sqlite_cache(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Each thread has a connection with a cache of its own; the system caches the file for all of them anyway."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA cache_size = -{SQLITE_CACHE_KILOBYTES}")

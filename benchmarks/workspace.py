"""A temporary folder for a measurement, and the environment of the processes that work in it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A new folder, removed at the end."""
    with TemporaryDirectory(prefix="kalends-bench-") as folder:
        yield Path(folder)


def environment(folder: Path) -> dict[str, str]:
    """The environment of a process whose database is a SQLite file in `folder`."""
    settings = {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": f"sqlite:///{folder / 'kalends.sqlite3'}",
        "SECRET_KEY": "benchmark" * 8,
        "FERNET_KEYS": "benchmark" * 8,
        "DEBUG": "false",
        "BASE_URL": "http://127.0.0.1:8000",
        "ALLOWED_PRIVATE_HOSTS": "127.0.0.1",  # where the servers of measurements are
    }
    return os.environ | settings


def use_database(url: str, folder: Path, *, workers: int, certificate: Path | None = None) -> None:
    """Set up Django in this process with an empty database at `url`; processes started from here use it as well.

    `certificate`: a CA certificate in PEM that these processes trust.
    """
    os.environ.update(environment(folder))
    os.environ |= {"DATABASE_URL": url, "WORKERS": str(workers), "DJANGO_SETTINGS_MODULE": "benchmarks.fleet.settings"}
    os.environ.pop("REDIS_URL", None)
    if certificate:
        os.environ["FLEET_CERTIFICATE"] = str(certificate)
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)

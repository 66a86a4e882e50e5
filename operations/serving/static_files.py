"""Collecting the static files when they changed, so that an upgrade never serves the styles of the version before."""

from __future__ import annotations

import hashlib
import logging
import multiprocessing
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

STAMP: Final = "collected.sha256"
logger = logging.getLogger(__name__)


def collect_if_changed() -> None:
    """Collect the static files in STATIC_ROOT unless those that are there were made of the same ones.

    Where the folder cannot be written, files are served from where they lie: browsers ask for each of them again.
    """
    stamp, wanted = Path(settings.STATIC_ROOT) / STAMP, digest()
    if settings.DEBUG or (stamp.is_file() and stamp.read_text() == wanted):
        return
    # In a process of its own, so that this one does not keep the memory that it takes.
    collecting = multiprocessing.get_context("fork").Process(target=_collect, args=(stamp, wanted))
    collecting.start()
    collecting.join()


def digest() -> str:
    """A SHA-256 of the names and contents of all static files, in hexadecimal."""
    found = {name: storage for finder in get_finders() for name, storage in finder.list([])}
    summed = hashlib.sha256()
    for name in sorted(found):
        with found[name].open(name) as file:
            summed.update(f"{name}\0".encode() + hashlib.sha256(file.read()).digest())
    return summed.hexdigest()


def _collect(stamp: Path, wanted: str) -> None:
    try:
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(wanted)
    except OSError as error:
        logger.warning("The static files could not be collected: %s.", error.strerror)

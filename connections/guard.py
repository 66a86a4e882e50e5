"""A worker goes through many rows; the failure of one must not stop the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

logger = logging.getLogger(__name__)


@contextmanager
def isolate_failure(what: str, on_failure: Callable[[str], None] | None = None) -> Iterator[None]:
    """Around the work on one row of a worker's loop: whatever goes wrong is logged with its traceback and ends here.

    `on_failure` gets the error's name and pushes the row into the future, so that it does not fail again at once.
    """
    try:
        yield
    except Exception as error:  # the loop goes on with the other rows
        logger.exception("%s failed (%s); it is tried again by itself", what, type(error).__name__)
        if on_failure is not None:
            on_failure(type(error).__name__)

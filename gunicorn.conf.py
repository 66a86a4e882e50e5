"""What gunicorn reads by itself where it is started: its log of requests must not have the tokens of addresses."""

from __future__ import annotations

import logging

from config.redaction import HideSecretPaths


def on_starting(server: object) -> None:
    """Before the workers are started, which inherit it."""
    logging.getLogger("gunicorn.access").addFilter(HideSecretPaths())

"""gunicorn's log, as the lines of Kalends are written."""

from __future__ import annotations

from django.conf import settings
from gunicorn.config import Config
from gunicorn.glogging import Logger

from config.logs.formatters import JsonFormatter
from config.redaction import HideSecretPaths


class GunicornLogger(Logger):  # type: ignore[misc] # the library has no types
    """gunicorn's logger (its setting `logger_class`), in the format of LOG_FORMAT.

    It is set up here and not in a hook, because gunicorn sets it up again when it reloads. As JSON, the requests that
    gunicorn's processes log go through LOGGING.
    """

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        if settings.LOG_FORMAT == "json":
            for handler in (*self.error_log.handlers, *self.access_log.handlers):
                handler.setFormatter(JsonFormatter())
        elif not self.access_log.filters:
            self.access_log.addFilter(HideSecretPaths())

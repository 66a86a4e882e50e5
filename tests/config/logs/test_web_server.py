from __future__ import annotations

from gunicorn.config import Config
from pytest_django import Settings

from config.logs.formatters import JsonFormatter
from config.logs.web_server import GunicornLogger


def test_both_logs_of_gunicorn_are_json_where_that_is_asked_for(settings: Settings) -> None:
    settings.LOG_FORMAT = "json"
    logger = GunicornLogger(Config())
    logger.cfg.set("accesslog", "-")
    logger.setup(logger.cfg)
    try:
        for log in (logger.error_log, logger.access_log):
            assert {type(handler.formatter) for handler in log.handlers} == {JsonFormatter}
    finally:
        for log in (logger.error_log, logger.access_log):
            log.handlers.clear()
            log.filters.clear()

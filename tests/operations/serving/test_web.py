"""gunicorn is set up by the options alone, and what it logs goes where Django's log goes."""

from __future__ import annotations

import logging
from types import SimpleNamespace

import pytest
from django.core.handlers.wsgi import WSGIHandler
from gunicorn.config import Config

from operations.serving.web import DjangoLogger, WebOptions, WebServer


def server(announced: list[str], **options: object) -> WebServer:
    return WebServer(WebOptions(**options), WSGIHandler(), announced.append)


def test_the_options_are_those_of_gunicorn() -> None:
    made = server([], bind="127.0.0.1:0", processes=3, threads=5, access_log=True)
    found = (made.cfg.bind, made.cfg.workers, made.cfg.threads, made.cfg.accesslog, made.cfg.worker_class_str)
    assert found == (["127.0.0.1:0"], 3, 5, "-", "gthread")
    assert made.load() is made.application


def test_requests_are_logged_only_when_asked_for() -> None:
    assert server([]).cfg.accesslog is None


def test_the_address_is_announced_when_gunicorn_listens() -> None:
    announced: list[str] = []
    made = server(announced)
    made.cfg.when_ready(SimpleNamespace(LISTENERS=["http://127.0.0.1:4711"]))
    assert announced == ["http://127.0.0.1:4711"]


def test_the_log_of_gunicorn_goes_through_the_handlers_of_django(caplog: pytest.LogCaptureFixture) -> None:
    loggers = [logging.getLogger(name) for name in ("gunicorn.error", "gunicorn.access")]
    before = [(logger.handlers, logger.propagate, logger.level) for logger in loggers]
    try:
        made = DjangoLogger(Config())
        made.error("Worker failed")
        assert [logger.handlers for logger in loggers] == [[], []]
        assert [record.getMessage() for record in caplog.records] == ["Worker failed"]
    finally:
        for logger, (handlers, propagate, level) in zip(loggers, before, strict=True):
            logger.handlers, logger.propagate = handlers, propagate
            logger.setLevel(level)

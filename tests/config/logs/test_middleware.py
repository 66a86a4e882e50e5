from __future__ import annotations

import logging
import re

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("given", ["4bf92f3577b34da6a3ce929d0e0e4736", "4bf92f35-77b3-4da6-a3ce-929d0e0e4736"])
def test_the_id_that_a_proxy_gave_is_kept(client: Client, given: str) -> None:
    assert client.get("/healthz", HTTP_X_REQUEST_ID=given).headers["X-Request-ID"] == given


@pytest.mark.parametrize(
    "given", ["", "short1", "Clara-Schumann", "Clara-Schumann-1819", "a1" * 40, "12345678\nX-Evil: 1", "1234 5678 9"]
)
def test_what_is_no_id_is_replaced(client: Client, given: str) -> None:
    made = client.get("/healthz", HTTP_X_REQUEST_ID=given).headers["X-Request-ID"]
    assert (made == given, bool(re.fullmatch("[0-9a-f]{32}", made))) == (False, True)


def test_a_request_is_logged_by_view(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="kalends.request"):
        client.get("/healthz?name=Clara")
    [line] = [one for one in caplog.records if one.name == "kalends.request"]
    assert (line.getMessage(), line.view, line.method, line.status) == ("request", "healthz", "GET", 200)
    assert line.duration >= 0


def test_what_django_logs_afterwards_has_the_id_too(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    answer = client.get("/no/such/page/")
    [line] = [one for one in caplog.records if one.name == "django.request"]
    assert line.request.request_id == answer.headers["X-Request-ID"]

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from connections.models import Calendar, Connection
from operations.metrics import writer
from operations.models import Heartbeat, Measurement
from practice.telemetry import measurements
from practice.telemetry.measurements import ANSWERS, HTTP
from tests.factories import (
    CalendarFactory,
    ConnectionFactory,
    FeedFactory,
    LinkedEventFactory,
    MailFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
TOKEN = "0123456789abcdef" * 2
QUERIES = 10  # of one scrape, with the statement that writes what this process measured


@pytest.fixture(autouse=True)
def nothing_measured() -> Iterator[None]:
    measurements.drain()
    yield
    measurements.drain()


def figures(client: Client) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    answer = client.get("/metrics")
    assert (answer.status_code, answer.headers["Content-Type"][:24]) == (200, "text/plain; version=0.0.4"[:24])
    families = text_string_to_metric_families(answer.content.decode())
    return {(one.name, frozenset(one.labels.items())): one.value for family in families for one in family.samples}


def key(name: str, **labels: str) -> tuple[str, frozenset[tuple[str, str]]]:
    return name, frozenset(labels.items())


def test_latencies_of_all_processes_are_added_up(client: Client) -> None:
    view = {"view": "week:page", "method": "GET", "status": "2xx"}
    for seconds in (0.02, 0.02, 3):
        HTTP.observe(seconds, *view.values())
    writer.write()
    HTTP.observe(0.3, *view.values())  # measured by another process, and written by this one when it is asked
    ANSWERS.count("icloud", "207")
    found = figures(client)
    assert found[key("kalends_http_request_seconds_count", **view)] == 4
    assert found[key("kalends_http_request_seconds_sum", **view)] == pytest.approx(3.34)
    assert found[key("kalends_http_request_seconds_bucket", le="0.025", **view)] == 2
    assert found[key("kalends_http_request_seconds_bucket", le="0.5", **view)] == 3
    assert found[key("kalends_http_request_seconds_bucket", le="+Inf", **view)] == 4
    assert found[key("kalends_provider_answers_total", provider="icloud", status="207")] == 1


def test_a_request_is_measured_by_view_and_never_by_address(client: Client) -> None:
    client.get("/bookings/4711/?name=Clara")
    client.get("/no/such/page-of-clara/")
    found = figures(client)
    names = {dict(labels)["view"] for name, labels in found if name == "kalends_http_request_seconds_count"}
    assert names == {"bookings:detail", "none"}
    assert [part for part in ("4711", "Clara", "clara") if part in str(found)] == []


def test_what_the_database_says(client: Client) -> None:
    now = timezone.now()
    good = ConnectionFactory.create(polled_at=now, error_code="", next_sync_at=now + timedelta(hours=1))
    ConnectionFactory.create(needs_attention=True, error_code="unauthorized", next_sync_at=None)
    late = ConnectionFactory.create(error_code="unavailable", next_sync_at=now - timedelta(seconds=50))
    CalendarFactory.create(connection=good, is_conflict_calendar=True, fresh_at=now - timedelta(seconds=100))
    CalendarFactory.create(connection=late, is_conflict_calendar=True, fresh_at=None)
    FeedFactory.create(fresh_at=now - timedelta(days=30))
    FeedFactory.create(fresh_at=None)
    Heartbeat.objects.beat(now - timedelta(seconds=30))
    MailFactory.create(state="due", due_at=now - timedelta(seconds=200), recipient="clara@example.com")
    found = figures(client)
    assert found[key("kalends_connections", provider="icloud", health="good")] == 1
    assert found[key("kalends_connections", provider="icloud", health="needs_attention")] == 1
    assert found[key("kalends_connections", provider="icloud", health="trying_again")] == 1
    assert found[key("kalends_connections", provider="caldav", health="good")] == 0
    assert found[key("kalends_freshness_oldest_seconds")] == pytest.approx(100, abs=30)
    assert found[key("kalends_calendars_never_read")] == 1
    assert found[key("kalends_polls_due")] == 1
    assert found[key("kalends_poll_late_seconds")] == pytest.approx(50, abs=30)
    assert found[key("kalends_worker_heartbeat_seconds")] == pytest.approx(30, abs=30)
    assert found[key("kalends_mails_due")] == 1
    assert found[key("kalends_mails_oldest_seconds")] == pytest.approx(200, abs=30)


def test_the_outbox_by_state_with_the_event_that_waits_longest(client: Client) -> None:
    now = timezone.now()
    placed = LinkedEventFactory.create(state="queued", pushed_revision=0)
    pushed = LinkedEventFactory.create(state="pushed")
    type(pushed).objects.filter(pk=pushed.pk).update(pushed_revision=pushed.booking.revision)
    type(placed).objects.filter(pk=placed.pk).update(created_at=now - timedelta(seconds=500))
    found = figures(client)
    assert found[key("kalends_outbox_events", state="queued")] == 1
    assert found[key("kalends_outbox_events", state="retrying")] == 0
    assert found[key("kalends_outbox_oldest_seconds", state="queued")] == pytest.approx(500, abs=30)


def test_a_scrape_of_many_connections_costs_few_queries(client: Client) -> None:
    user = UserFactory.create()
    one = ConnectionFactory.build(user=user)
    rows = [Connection(user=user, url=one.url, username=f"u{n}", password="x") for n in range(10_000)]
    Connection.objects.bulk_create(rows, batch_size=500)
    keys = Connection.objects.values_list("pk", flat=True)
    Calendar.objects.bulk_create(
        [Calendar(connection_id=pk, path="/c/", is_conflict_calendar=True) for pk in keys], batch_size=500
    )
    HTTP.observe(0.1, "week:page", "GET", "2xx")
    with CaptureQueriesContext(connection) as queries:
        found = figures(client)
    assert len(queries) == QUERIES
    assert found[key("kalends_connections", provider="icloud", health="waiting")] == 10_000


@pytest.mark.parametrize(
    ("base_url", "proxies", "meta", "status"),
    [
        ("http://127.0.0.1:8000", [], {}, 200),
        ("http://127.0.0.1:8000", [], {"REMOTE_ADDR": "::1"}, 200),
        ("http://127.0.0.1:8000", [], {"REMOTE_ADDR": "::ffff:127.0.0.1"}, 200),
        ("http://127.0.0.1:8000", [], {"REMOTE_ADDR": "192.0.2.7"}, 404),
        ("http://127.0.0.1:8000", [], {"REMOTE_ADDR": ""}, 404),
        ("http://127.0.0.1:8000", [], {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, 404),
        ("https://book.example.com", ["127.0.0.1"], {}, 200),
        ("https://book.example.com", ["127.0.0.1"], {"HTTP_X_FORWARDED_FOR": "203.0.113.5"}, 404),
        ("https://book.example.com", ["127.0.0.1"], {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, 404),
        ("https://book.example.com", ["10.0.0.1"], {"REMOTE_ADDR": "10.0.0.1"}, 404),
        ("https://book.example.com", [], {}, 404),
        ("https://book.example.com", [], {"HTTP_VIA": "1.1 proxy"}, 404),
        ("http://book.example.com", [], {}, 404),
    ],
)
def test_it_is_open_to_this_machine_and_not_to_those_behind_a_proxy_on_it(
    client: Client, settings: Settings, base_url: str, proxies: list[str], meta: dict[str, str], status: int
) -> None:
    settings.BASE_URL, settings.TRUSTED_PROXIES, settings.METRICS_TOKEN = base_url, proxies, ""
    assert client.get("/metrics", **meta).status_code == status


@pytest.mark.parametrize(
    ("header", "status"),
    [(f"Bearer {TOKEN}", 200), ("Bearer wrong", 403), (f"Basic {TOKEN}", 403), ("Bearer ", 403), ("Bearer é", 403)],
)
def test_others_need_the_token(client: Client, settings: Settings, header: str, status: int) -> None:
    settings.METRICS_TOKEN = TOKEN
    answer = client.get("/metrics", REMOTE_ADDR="192.0.2.7", HTTP_AUTHORIZATION=header)
    assert answer.status_code == status


def test_an_empty_token_opens_nothing(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7", HTTP_AUTHORIZATION="Bearer ").status_code == 404


def test_figures_name_no_account_and_no_host(client: Client) -> None:
    ConnectionFactory.create(username="clara@example.com", url="https://dav.example.com/")
    text = client.get("/metrics").content.decode()
    assert re.findall(r"clara|example\.com", text) == []


def test_rows_of_an_earlier_version_with_other_labels_are_left_out(client: Client) -> None:
    Measurement.objects.create(metric=HTTP.name, labels="week:page", part="sum", value=3)
    assert [name for name, _labels in figures(client) if name.startswith("kalends_http_request_seconds")] == []

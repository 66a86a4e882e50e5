"""The sandbox as a whole: its log, its memory, its process, many clients at once."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import requests

from sandbox.device.device import AppleDevice
from sandbox.server.dav.xml import d
from sandbox.server.log import LoggedRequest
from sandbox.server.server import Sandbox
from sandbox.server.switches import Switches
from tests.sandbox.client import Client, at, event


def test_the_log_tells_what_was_asked_and_never_a_password(icloud, client, account, app_password):
    path = f"/{account.dsid}/calendars/work/"
    client.propfind(path, d("displayname"), depth="1", host="pod")
    client.put(f"{path}a.ics", event(), If_None_Match="*")
    client.sync(path)
    Client(icloud, account, None).ask("GET", "/")
    first, put, sync, anonymous = icloud.log
    assert (first.method, first.host, first.path, first.depth, first.status) == ("PROPFIND", "pod", path, "1", 207)
    assert (put.conditions, put.authorized, put.status, put.body_bytes) == ({"If-None-Match": "*"}, True, 201, 0)
    assert (sync.report, sync.method) == ("sync-collection", "REPORT")
    assert (anonymous.authorized, anonymous.status) == (False, 401)
    assert app_password not in repr(icloud.log)
    assert icloud.log.summary(method="PUT") == [f"PUT {path}a.ics 201"]
    assert icloud.log.matching(status=401) == [anonymous]
    icloud.log.clear()
    assert icloud.log == []


def test_the_log_is_written_before_the_answer_arrives(icloud, client):
    for count in range(1, 20):
        client.propfind("/", d("displayname"))
        assert len(icloud.log) == count


def test_a_log_entry_is_a_plain_value():
    assert LoggedRequest("GET", "entry", "/") == LoggedRequest("GET", "entry", "/", conditions={})


def test_connections_are_kept_alive(client):
    for _ in range(5):
        client.propfind("/", d("displayname"))
    (pool,) = client.session.get_adapter("http://").poolmanager.pools._container.values()
    assert (pool.num_connections, pool.num_requests) == (1, 5)


def test_many_clients_write_at_once_and_nothing_is_lost(icloud, account, app_password):
    path = f"/{account.dsid}/calendars/work/"

    def write(number):
        client = Client(icloud, account, (account.apple_id, app_password))
        return [client.put(f"{path}{number}-{n}.ics", event(f"{number}-{n}")).status for n in range(10)]

    with ThreadPoolExecutor(8) as pool:
        statuses = [status for found in pool.map(write, range(8)) for status in found]
    assert statuses == [201] * 80
    resources = account.calendar("work").resources
    assert (len(resources), len({one.etag for one in resources.values()})) == (80, 80)
    assert sorted(one.revision for one in resources.values()) == list(range(1, 81))


def test_a_chunked_body_is_read(client, account):
    path = f"/{account.dsid}/calendars/work/a.ics"
    url = client.icloud.entry_url.rstrip("/") + path
    response = client.session.put(url, data=iter([event()[:50], event()[50:]]), auth=client.auth, timeout=5)
    assert (response.status_code, account.calendar("work").resources[path].data) == (201, event())


@pytest.mark.processes
def test_a_busy_port_is_stepped_over():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with Sandbox(entry_port=port) as icloud:
            assert icloud.entry_url != f"http://127.0.0.1:{port}/"
            assert requests.request("PROPFIND", icloud.entry_url, timeout=5).status_code == 401


def test_a_stopped_sandbox_refuses_connections(client):
    client.propfind("/", d("displayname"))
    client.icloud.stop()
    with pytest.raises(requests.exceptions.ConnectionError):
        client.propfind("/", d("displayname"))


def test_a_moved_pod_is_closed(icloud, client):
    before = icloud.pod_url
    icloud.move_pod()
    with pytest.raises(requests.exceptions.ConnectionError):
        client.propfind("/", d("displayname"), host=before)


@pytest.mark.processes
def test_on_disk_it_continues_where_it_was(tmp_path):
    with Sandbox(tmp_path) as icloud:
        anna = icloud.add_account("anna@example.com", name="Anna", zone="Asia/Tokyo")
        ben = icloud.add_account("ben@example.com")
        work = anna.add_calendar("Work", "#FF0000FF", "work")
        guest = work.share_with(ben)
        gone = anna.add_calendar("Gone")
        password = anna.new_app_password("Kalends")
        href = AppleDevice(anna).add(work, "Dentist", at("2026-11-24 09:00"))
        dead = work.put("dead.ics", event())
        token = Client(icloud, anna, (anna.apple_id, password)).sync(work.path).token
        work.delete(dead)
        gone.remove()
        before = work.resources
    with Sandbox(tmp_path) as icloud:
        anna, ben = icloud.accounts
        client = Client(icloud, anna, (anna.apple_id, password))
        again = anna.calendar("work")
        assert (again.name, again.color, again.sharing, anna.zone) == ("Work", "#FF0000FF", "owner", "Asia/Tokyo")
        assert {path: (one.data, one.etag) for path, one in again.resources.items()} == {
            path: (one.data, one.etag) for path, one in before.items()
        }
        assert client.sync(again.path, token).statuses == {dead: "404"}
        assert [one.name for one in anna.events()] == ["Work"]
        assert ben.calendar(guest.path).contents is again.contents
        again.put("new.ics", event("new"))
        assert client.sync(again.path, token).hrefs == [again.path, dead, f"{again.path}new.ics"]
        assert href in ben.calendar(guest.path).contents.members or href in again.resources
        assert icloud.account("ANNA@example.com") is anna


def test_an_apple_id_is_taken_once(icloud, account):
    with pytest.raises(ValueError, match="there is an account"):
        icloud.add_account("Anna@Example.com")
    with pytest.raises(KeyError):
        icloud.account("nobody@example.com")


def test_a_switch_refuses_what_it_does_not_know():
    switches = Switches()
    with pytest.raises(ValueError, match="expired_token is one of"):
        switches.expired_token = "418"
    with pytest.raises(AttributeError, match="no switch"):
        switches.expired_tokens = "403"


@pytest.mark.processes
def test_the_clock_can_be_given_and_moved():
    with Sandbox(clock=lambda: datetime(2026, 11, 22, 12, tzinfo=UTC)) as icloud:
        icloud.advance(90)
        assert icloud.clock.now() == datetime(2026, 11, 22, 12, 1, 30, tzinfo=UTC)


@pytest.mark.processes
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_as_a_process_it_says_where_it_is_and_ends_when_told(tmp_path, number):
    command = [sys.executable, "-m", "sandbox", "--data", str(tmp_path), "--as", "fastmail"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        addresses = json.loads(process.stdout.readline())
        assert sorted(addresses) == ["apple", "entry", "pod", "stranger"]
        assert requests.request("PROPFIND", addresses["entry"], timeout=5).status_code == 401
        assert requests.get(addresses["apple"], timeout=5).status_code == 200
        process.send_signal(number)
        assert process.wait(timeout=5) == 0

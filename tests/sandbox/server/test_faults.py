"""Each fault between iCloud and a client."""

from __future__ import annotations

import time

import pytest
import requests

from sandbox.server.dav.xml import d
from tests.sandbox.client import event


def test_a_status_comes_as_often_as_asked_for_and_then_all_is_well(icloud, client, home):
    icloud.faults.status(503, retry_after="1", times=2, method="PROPFIND")
    answers = [client.propfind(home, d("displayname"), depth="1") for _ in range(3)]
    assert [answer.status for answer in answers] == [503, 503, 207]
    assert [answer.headers.get("Retry-After") for answer in answers] == ["1", "1", None]


def test_a_fault_can_let_some_pass_and_choose_by_method_path_host_user_and_body(icloud, client, home, account):
    icloud.faults.status(
        429, skip=1, method="REPORT", path="/work/$", host="pod", user=account.apple_id, body="sync-token"
    )
    assert client.sync(f"{home}work/").status == 207

    def on_pod(path):
        return client.ask("REPORT", path, '<sync-collection xmlns="DAV:"><sync-token/></sync-collection>', host="pod")

    statuses = [on_pod(f"{home}{name}/").status for name in ("home", "work", "work", "work")]
    assert statuses == [207, 207, 429, 207]


def test_html_comes_with_status_200(icloud, client, home):
    icloud.faults.html()
    answer = client.propfind(home, d("displayname"))
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html;charset=UTF-8")
    assert answer.body.startswith(b"<!DOCTYPE html>")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("target", ["pod", "stranger"])
def test_a_redirect_keeps_the_path(icloud, client, home, status, target):
    icloud.faults.redirect(target, status)
    answer = client.propfind(home, d("displayname"))
    assert (answer.status, answer.headers["Location"]) == (status, f"{icloud.hosts.url(target)}{home[1:]}")
    assert (icloud.stranger_log, icloud.stranger_connections) == ([], 0)


def test_the_stranger_writes_down_whatever_it_gets(icloud, client, home):
    client.ask("PROPFIND", home, host="stranger")
    (entry,) = icloud.stranger_log
    assert (entry.method, entry.path, entry.authorized, entry.status) == ("PROPFIND", home, True, 207)
    assert icloud.log == []
    assert icloud.stranger_connections == 1


def test_one_401_comes_though_the_password_is_right(icloud, client, home):
    icloud.faults.unauthorized()
    assert [client.propfind(home, d("displayname")).status for _ in range(2)] == [401, 207]


def test_the_connection_is_reset_in_the_middle_of_the_body(icloud, client, home):
    icloud.faults.reset(method="PROPFIND")
    with pytest.raises(requests.exceptions.RequestException):
        client.propfind(home, d("displayname"), depth="1")
    assert client.propfind(home, d("displayname")).status == 207


def test_a_lost_answer_means_the_request_was_served(icloud, client, home, account):
    icloud.faults.lost(method="PUT")
    with pytest.raises(requests.exceptions.ConnectionError):
        client.put(f"{home}work/a.ics", event())
    assert list(account.calendar("work").resources) == [f"{home}work/a.ics"]
    assert [entry.status for entry in icloud.log] == [0]


def test_a_refused_connection_means_it_was_not(icloud, client, home, account):
    icloud.faults.refuse(method="PUT")
    with pytest.raises(requests.exceptions.ConnectionError):
        client.put(f"{home}work/a.ics", event())
    assert account.calendar("work").resources == {}


def test_xml_stops_in_the_middle_though_the_length_agrees(icloud, client, home):
    whole = client.propfind(home, d("displayname"), depth="1").body
    icloud.faults.truncate()
    answer = client.propfind(home, d("displayname"), depth="1")
    assert answer.status == 207
    assert whole.startswith(answer.body)
    assert answer.headers["Content-Length"] == str(len(answer.body))


def test_content_length_promises_more_than_comes(icloud, client, home):
    icloud.switches.gzip = False
    icloud.faults.wrong_length(100)
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        client.propfind(home, d("displayname"), depth="1")


def test_an_answer_can_be_slow_or_drip(icloud, client, home):
    icloud.faults.slow(0.2)
    icloud.faults.drip(pause=0.02, piece=50)
    for _ in range(2):
        begun = time.monotonic()
        assert client.propfind(home, d("displayname")).status == 207
        assert time.monotonic() - begun > 0.05


def test_a_slow_answer_does_not_hold_up_the_end(icloud, client, home):
    icloud.faults.slow(30)
    with pytest.raises(requests.exceptions.ReadTimeout):
        client.session.request("PROPFIND", icloud.entry_url + home[1:], auth=client.auth, timeout=0.1)
    begun = time.monotonic()
    icloud.stop()
    assert time.monotonic() - begun < 10


def test_any_body_can_be_put_in_the_place_of_an_answer(icloud, client, home):
    icloud.faults.body(b'<multistatus xmlns="DAV:"/>')
    assert client.propfind(home, d("displayname"), depth="1").hrefs == []


def test_icloud_can_be_down_until_it_is_up(icloud, client, home):
    icloud.down()
    assert [client.propfind(home, d("displayname")).status for _ in range(3)] == [503] * 3
    icloud.up()
    assert client.propfind(home, d("displayname")).status == 207


def test_clearing_ends_everything(icloud, client, home):
    icloud.down()
    icloud.faults.status(500, times=None)
    icloud.faults.clear()
    assert client.propfind(home, d("displayname")).status == 207
    assert icloud.is_down is False

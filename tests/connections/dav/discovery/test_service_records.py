"""The hosts that a name server names for the calendars of a domain."""

from __future__ import annotations

import time

import dns.resolver
import pytest

from connections.dav.discovery.service_records import ServiceRecord, service_records
from tests.name_server import NameServer

SRV, TXT = ("_caldavs._tcp.example.org.", "SRV"), ("_caldavs._tcp.example.org.", "TXT")


def asked(seconds: float = 5) -> list[ServiceRecord]:
    return service_records("example.org", time.monotonic() + seconds)


def test_hosts_come_by_priority_and_then_by_weight(name_server: NameServer) -> None:
    name_server.records = {
        SRV: ["5 1 443 c.example.", "0 1 443 b.example.", "0 7 8443 A.Example.", "6 1 443 d.example."]
    }
    assert asked() == [
        ServiceRecord("a.example", 8443),
        ServiceRecord("b.example", 443),
        ServiceRecord("c.example", 443),
    ]
    assert [record.origin for record in asked()] == ["https://a.example:8443", "https://b.example", "https://c.example"]


@pytest.mark.parametrize(
    ("texts", "path"),
    [
        (['"path=/dav/"'], "/dav/"),
        (['"PATH=/d%40v"'], "/d@v"),
        (['"v=1"', '"path=/a" "/b"'], "/a/b"),
        (['"path=https://evil.example/"'], ""),
        (['"path"'], ""),
        ([], ""),
    ],
)
def test_the_path_comes_from_the_text_record(name_server: NameServer, texts: list[str], path: str) -> None:
    name_server.records = {SRV: ["0 1 443 dav.example."]} | ({TXT: texts} if texts else {})
    assert [record.path for record in asked()] == [path]


@pytest.mark.parametrize("record", ["0 0 0 .", "0 1 443 .", "0 1 0 dav.example.", r"0 1 443 a\032b.example."])
def test_what_names_no_host_is_left_out(name_server: NameServer, record: str) -> None:
    name_server.records = {SRV: [record]}
    assert (asked(), name_server.asked) == ([], [SRV])


def test_without_time_or_a_name_server_there_is_no_record(
    name_server: NameServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    name_server.records = {SRV: ["0 1 443 dav.example."]}
    assert (asked(0), name_server.asked) == ([], [])
    monkeypatch.setattr(dns.resolver, "default_resolver", dns.resolver.Resolver(configure=False))
    assert asked() == []


def test_a_name_server_that_is_silent_is_left_at_the_deadline(name_server: NameServer) -> None:
    name_server.is_silent = True
    began = time.monotonic()
    assert asked(0.2) == []
    assert time.monotonic() - began < 2

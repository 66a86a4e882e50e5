"""Where a request comes from: only a declared proxy may say so for somebody else."""

from __future__ import annotations

import pytest
from django.core import checks
from django.test import RequestFactory
from pytest_django import Settings

from practice.client_address import address_group, client_address

PROXY, CLIENT = "10.0.0.5", "198.51.100.7"


@pytest.fixture(autouse=True)
def deployed(settings: Settings) -> None:
    """A deployment with one declared proxy."""
    settings.BASE_URL, settings.TRUSTED_PROXIES = "https://book.example.com", [PROXY, "2001:db8:1::/48"]


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.9", None, "203.0.113.9"),
        ("9.9.9.9", CLIENT, "9.9.9.9"),
        (PROXY, CLIENT, CLIENT),
        (PROXY, f"1.2.3.4, {CLIENT}", CLIENT),
        (PROXY, f"{CLIENT}, 2001:db8:1::9", CLIENT),
        ("::ffff:10.0.0.5", CLIENT, CLIENT),
        (PROXY, "1.2.3.4, unknown", "None"),
        (PROXY, None, "None"),
        ("", None, "None"),
        ("127.0.0.1", CLIENT, "None"),
    ],
)
def test_only_a_declared_proxy_says_where_a_request_comes_from(peer: str, forwarded: str | None, address: str) -> None:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert str(client_address(RequestFactory().get("/", REMOTE_ADDR=peer, headers=headers))) == address


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        (f"{CLIENT}:5678", CLIENT),
        (f"1.2.3.4:80, {CLIENT}:5678, {PROXY}:443", CLIENT),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("2001:db8::1:443", "2001:db8::1:443"),
        ("2001:db8::1, [2001:db8:1::9]:443", "2001:db8::1"),
        (f"[::ffff:{CLIENT}]:5678", CLIENT),
        (f"{CLIENT}:", "None"),
        (f"{CLIENT}:http", "None"),
        (f"{CLIENT}:5678:1", "None"),
        (f"[{CLIENT}]:5678", "None"),
        ("[2001:db8::1", "None"),
        ("[2001:db8::1]443", "None"),
        (":5678", "None"),
    ],
)
def test_a_declared_proxy_may_write_the_port_after_an_address(forwarded: str, address: str) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR=PROXY, headers={"X-Forwarded-For": forwarded})
    assert str(client_address(request)) == address


@pytest.mark.parametrize(("peer", "address"), [("9.9.9.9", "9.9.9.9"), ("127.0.0.1", "None")])
def test_an_address_with_a_port_counts_only_from_a_declared_proxy(peer: str, address: str) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR=peer, headers={"X-Forwarded-For": f"{CLIENT}:5678"})
    assert str(client_address(request)) == address


def test_behind_an_undeclared_proxy_the_address_is_unknown_and_the_check_says_so(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = []
    assert client_address(RequestFactory().get("/", REMOTE_ADDR="203.0.113.9")) is None
    assert "kalends.W002" in [message.id for message in checks.run_checks(include_deployment_checks=True)]
    settings.TRUSTED_PROXIES = [PROXY]
    assert "kalends.W002" not in [message.id for message in checks.run_checks(include_deployment_checks=True)]


def test_a_typing_error_in_the_proxies_is_refused(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0"]
    assert "kalends.E011" in [message.id for message in checks.run_checks()]


def test_one_household_has_one_group_of_ipv6_addresses() -> None:
    groups = [address_group(RequestFactory().get("/", REMOTE_ADDR=f"2a00:1:2:3::{end}")) for end in ("1", "ffff")]
    assert groups == ["2a00:1:2:3::/64"] * 2

"""Which addresses may be asked, in every spelling that a person or a name server can choose."""

from __future__ import annotations

import re
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connections.dav import addresses
from connections.dav.addresses import LOOPBACK, Reach, check_address, check_host, host_name, parse_private_hosts
from connections.dav.errors import LinkLocal, PrivateAddress, RefusedAddress, SpecialAddress

NONE: frozenset[str] = frozenset()

REFUSED: list[tuple[str, type[RefusedAddress]]] = [
    # This machine
    ("127.0.0.1", PrivateAddress),
    ("127.255.255.254", PrivateAddress),
    ("127.1", PrivateAddress),
    ("127.0.1", PrivateAddress),
    ("2130706433", PrivateAddress),
    ("0x7f000001", PrivateAddress),
    ("0x7f.0.0.1", PrivateAddress),
    ("0X7F.1", PrivateAddress),
    ("017700000001", PrivateAddress),
    ("0177.0.0.01", PrivateAddress),
    ("127.0.0.1.", PrivateAddress),
    ("１２７.０.０.１", PrivateAddress),
    ("127。0。0。1", PrivateAddress),
    ("①②⑦.0.0.1", PrivateAddress),
    ("localhost", PrivateAddress),
    ("LocalHost.", PrivateAddress),
    ("anything.localhost", PrivateAddress),
    ("::1", PrivateAddress),
    ("[::1]", PrivateAddress),
    ("[0:0:0:0:0:0:0:1]", PrivateAddress),
    ("[::0001%lo]", PrivateAddress),
    ("[::ffff:127.0.0.1]", PrivateAddress),
    ("[::ffff:7f00:1]", PrivateAddress),
    ("[::127.0.0.1]", PrivateAddress),
    ("[::ffff:0:127.0.0.1]", PrivateAddress),
    ("[64:ff9b::127.0.0.1]", PrivateAddress),
    ("[2002:7f00:1::]", PrivateAddress),
    # Private networks
    ("10.0.0.1", PrivateAddress),
    ("10.255.255.255", PrivateAddress),
    ("012.0.0.1", PrivateAddress),
    ("172.16.0.1", PrivateAddress),
    ("172.31.255.255", PrivateAddress),
    ("192.168.1.5", PrivateAddress),
    ("192.168.261", PrivateAddress),
    ("100.64.0.1", PrivateAddress),
    ("100.127.255.255", PrivateAddress),
    ("[fc00::1]", PrivateAddress),
    ("[fdff:ffff::1]", PrivateAddress),
    ("[::ffff:192.168.1.5]", PrivateAddress),
    ("[64:ff9b::10.0.0.1]", PrivateAddress),
    ("[2002:c0a8:105::1]", PrivateAddress),
    # Link-local ones and metadata
    ("169.254.169.254", LinkLocal),
    ("169.254.0.1", LinkLocal),
    ("2852039166", LinkLocal),
    ("0xa9fea9fe", LinkLocal),
    ("0251.0376.0251.0376", LinkLocal),
    ("[fe80::1]", LinkLocal),
    ("[fe80::1%25eth0]", LinkLocal),
    ("[febf::1]", LinkLocal),
    ("[::ffff:169.254.169.254]", LinkLocal),
    ("[64:ff9b:1::a9fe:a9fe]", LinkLocal),
    ("[2002:a9fe:a9fe::1]", LinkLocal),
    ("100.100.100.200", LinkLocal),
    ("168.63.129.16", LinkLocal),
    ("192.0.0.192", LinkLocal),
    ("[fd00:ec2::254]", LinkLocal),
    ("[fd20:ce::254]", LinkLocal),
    # What no server has
    ("0.0.0.0", SpecialAddress),  # noqa: S104 - refused
    ("0", SpecialAddress),
    ("0.1.2.3", SpecialAddress),
    ("[::]", SpecialAddress),
    ("[::ffff:0.0.0.0]", SpecialAddress),
    ("192.0.0.8", SpecialAddress),
    ("192.0.2.1", SpecialAddress),
    ("198.18.0.1", SpecialAddress),
    ("198.51.100.1", SpecialAddress),
    ("203.0.113.1", SpecialAddress),
    ("224.0.0.251", SpecialAddress),
    ("240.0.0.1", SpecialAddress),
    ("255.255.255.255", SpecialAddress),
    ("[ff02::1]", SpecialAddress),
    ("[fec0::1]", SpecialAddress),
    ("[100::1]", SpecialAddress),
    ("[2001::5efe:1]", SpecialAddress),
    ("[2001:0:4136:e378:8000:63bf:3fff:fdd2]", SpecialAddress),
    ("[2001:db8::1]", SpecialAddress),
    ("[3fff::1]", SpecialAddress),
    ("[64:ff9b:1::808:808]", SpecialAddress),
    ("[4000::1]", SpecialAddress),
]
ASKED = [
    "17.248.209.64",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.1",
    "100.63.255.255",
    "100.128.0.1",
    "128.0.0.1",
    "169.253.255.255",
    "172.15.255.255",
    "172.32.0.1",
    "192.167.255.255",
    "223.255.255.255",
    "[2a00:1450:4001::1]",
    "[2620:149::1]",
    "[::ffff:8.8.8.8]",
    "[64:ff9b::8.8.8.8]",
    "[2002:808:808::1]",
    "caldav.icloud.com",
    "dav.example.com.",
    "localhost.example.com",
    "10.0.0.1.example.com",
    "kalender.büro.example",
]


@pytest.mark.parametrize(("host", "kind"), REFUSED)
def test_an_address_that_is_not_asked_is_refused_before_it_is_looked_up(host: str, kind: type[RefusedAddress]) -> None:
    with pytest.raises(RefusedAddress) as caught:
        check_host(host, NONE)
    assert (type(caught.value), caught.value.host) == (kind, host_name(host))


@pytest.mark.parametrize("host", ASKED)
def test_a_host_of_the_internet_may_be_asked(host: str) -> None:
    check_host(host, NONE)
    assert host_name(host) == host_name(f"  {host.upper()} ")


@pytest.mark.parametrize(("host", "kind"), [one for one in REFUSED if host_name(one[0])[-1].isdecimal()])
def test_a_name_that_leads_to_such_an_address_is_refused_like_it(host: str, kind: type[RefusedAddress]) -> None:
    for listed in (NONE, frozenset({"other.example"})):
        with pytest.raises(kind) as caught:
            check_address(host_name(host), "cloud.example", listed)
        assert caught.value.host == "cloud.example"


@pytest.mark.parametrize(("host", "kind"), [one for one in REFUSED if ":" in one[0] or one[0][0].isdecimal()])
def test_a_listed_name_may_lead_to_a_private_address_and_to_no_other(host: str, kind: type[RefusedAddress]) -> None:
    listed = parse_private_hosts(["Cloud.Example."])
    if kind is PrivateAddress:
        check_address(host_name(host), "cloud.example", listed)
    else:
        with pytest.raises(kind):
            check_address(host_name(host), "cloud.example", listed)


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("10.0.0.5", ["10.0.0.5", "0xa000005", "10.5", "10.0.0.5."]),
        ("[fd00::5]", ["fd00::5", "[FD00:0::5%eth0]"]),
        ("10.0.0.0/24", ["10.0.0.1", "10.0.0.255"]),
        ("fd00::/64", ["[fd00::1]"]),
        ("localhost", ["localhost", "LOCALHOST."]),
        (" NAS.home.arpa. ", ["nas.home.arpa", "Nas.Home.Arpa"]),
        ("kalender.büro.example", ["Kalender.BÜRO.example", "kalender.xn--bro-hoa.example"]),
    ],
)
def test_a_host_is_listed_by_any_of_its_spellings(text: str, hosts: list[str]) -> None:
    listed = parse_private_hosts([text, ""])
    for host in hosts:
        check_host(host, listed)
    assert [addresses.is_allowed(host, listed) for host in hosts] == [True] * len(hosts)


@pytest.mark.parametrize("host", ["10.0.1.1", "nas.home.arpa", "localhost", "a.localhost", "[::ffff:10.0.0.1]", ""])
def test_a_network_lists_the_addresses_in_it_and_no_name(host: str) -> None:
    assert not addresses.is_allowed(host, parse_private_hosts(["10.0.0.0/24"]))


@pytest.mark.parametrize(
    "text",
    [
        "https://nas.home.arpa/",
        "nas.home.arpa:8443",
        "10.0.0.0/33",
        "10.0.0.5/24",
        "anna@nas",
        "two words",
        "*.home.arpa",
    ],
)
def test_what_is_no_host_cannot_be_listed(text: str) -> None:
    with pytest.raises(ValueError, match=re.compile(".")):
        parse_private_hosts([text])


def test_without_a_setting_only_this_machine_is_listed() -> None:
    for host in ("127.0.0.1", "127.9.9.9", "[::1]", "localhost"):
        check_host(host, LOOPBACK)
    with pytest.raises(PrivateAddress):
        check_host("10.0.0.1", LOOPBACK)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "a b",
        "127.0.0.1 b",
        "17.0.0.1\x00",
        "a/b",
        "a@b",
        "-",
        "a..b",
        "%31%32%37.0.0.1",
        "a" * 64,
        "a." * 127 + "a",
    ],
)
def test_what_is_no_host_has_no_name(text: str) -> None:
    assert host_name(text) == ""


@given(st.ip_addresses(v=4) | st.ip_addresses(network="2000::/3"))
def test_what_python_knows_as_private_is_never_public(address: object) -> None:
    known = ip_address(str(address))
    is_special = known.is_private or known.is_multicast or known.is_reserved or known.is_unspecified
    assert not (is_special and addresses.reach_of(known) is Reach.PUBLIC)

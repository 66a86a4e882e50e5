"""Which addresses may be asked: those of the internet, and private ones only where an operator allows the host.

Everything here is decided by an address or by how a host is written; nothing is looked up. `ipaddress` knows most of
the networks too, but its answers differ between versions of Python (`is_global` was corrected in 3.11.10, 3.12.4 and
3.13), so they are written out. Source: the special-purpose address registries of IANA (RFC 6890).
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable
from contextlib import suppress
from enum import IntEnum
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import idna

from .errors import LinkLocal, PrivateAddress, RefusedAddress, SpecialAddress

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class Reach(IntEnum):
    """Where an address leads; of several the highest counts."""

    PUBLIC = 0
    PRIVATE = 1  # a private network or this machine: asked if an operator allows the host
    SPECIAL = 2  # no server has such an address
    LINK_LOCAL = 3  # what answers there is no calendar server, but the metadata of a cloud machine


LOOPBACK = frozenset({"127.0.0.0/8", "::1", "localhost"})
"""The private hosts that are allowed where nobody says otherwise: this machine."""

_NETWORKS_OF: dict[Reach, tuple[str, ...]] = {
    Reach.LINK_LOCAL: (
        "169.254.0.0/16",
        "fe80::/10",
        # Where clouds answer with the secrets of a machine, beside the link-local ones: Alibaba, Oracle's old one and
        # Azure; Amazon and Google over IPv6.
        "100.100.100.200",
        "192.0.0.192",
        "168.63.129.16",
        "fd00:ec2::254",
        "fd20:ce::254",
    ),
    Reach.PRIVATE: (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",  # carrier-grade NAT (RFC 6598), also used by VPNs
        "127.0.0.0/8",
        "::1",
        "fc00::/7",
    ),
    Reach.SPECIAL: (
        "0.0.0.0/8",  # on Linux 0.0.0.0 is this machine
        "192.0.0.0/24",
        "192.0.2.0/24",  # this one, 198.51.100.0/24 and 203.0.113.0/24 stand in documentation (RFC 5737)
        "192.88.99.0/24",
        "198.18.0.0/15",  # benchmarks (RFC 2544)
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "64:ff9b:1::/48",  # NAT64 within one network (RFC 8215)
        "2001::/23",  # with Teredo, which hides an IPv4 address (RFC 4380)
        "2001:db8::/32",
        "3fff::/20",
    ),
}
_RULES: tuple[tuple[Reach, Network], ...] = tuple(
    (reach, ip_network(network)) for reach, networks in _NETWORKS_OF.items() for network in networks
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")  # all other IPv6 addresses are special, or written for an IPv4 address

_LAST_32_BITS = (
    IPv6Network("64:ff9b::/96"),  # NAT64 (RFC 6052)
    IPv6Network("64:ff9b:1::/48"),  # NAT64 within one network (RFC 8215)
    IPv6Network("::ffff:0:0/96"),  # IPv4-mapped (RFC 4291)
    IPv6Network("::ffff:0:0:0/96"),  # SIIT (RFC 2765)
    IPv6Network("::/96"),  # IPv4-compatible (RFC 4291)
)
"""Networks in which the last 32 bits are an IPv4 address."""
_UNSPECIFIED_OR_LOOPBACK = (IPv6Address("::"), IPv6Address("::1"))

_NUMBERS = re.compile(r"[0-9a-fx.]+")  # decimal, octal and hexadecimal
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?=.{{1,253}}$){_LABEL}(?:\.{_LABEL})*")


@lru_cache(maxsize=4096)
def host_name(text: str) -> str:
    """A host in the one spelling in which hosts are compared; "" if it is none.

    An address becomes its usual form, whichever way it was written: 127.1, 0x7f000001, 017700000001, full-width digits,
    with brackets, a zone or a dot at its end. A name becomes lower case, in ASCII (RFC 5891), without a dot at its end.
    """
    host = text.strip().removeprefix("[").removesuffix("]").partition("%")[0].lower()
    if ":" not in host:
        host = _in_ascii(host).rstrip(".")
    address = _address(host)
    if address is not None:
        return str(address)
    return host if _NAME.fullmatch(host) else ""


def _in_ascii(host: str) -> str:
    if host.isascii():
        return host
    try:
        return idna.encode(host, uts46=True).decode()
    except UnicodeError:
        return ""


def _address(host: str) -> Address | None:
    """The address that a host is, None for a name. Systems also take `2852039166` and `0xa9fea9fe` for one."""
    with suppress(ValueError):
        return ip_address(host)
    if not _NUMBERS.fullmatch(host):  # `inet_aton` would ignore what stands behind a blank
        return None
    with suppress(OSError):
        return IPv4Address(socket.inet_aton(host))
    return None


@lru_cache(maxsize=4096)
def reach_of(address: Address) -> Reach:
    """Where an address leads. An IPv4 address within an IPv6 address counts like itself."""
    found = [reach for reach, network in _RULES if address.version == network.version and address in network]
    if isinstance(address, IPv6Address):
        within = _ipv4_within(address)
        found += [reach_of(within)] if within is not None else []
        if within is None and not found and address not in _GLOBAL_UNICAST:
            found = [Reach.SPECIAL]
    return max(found, default=Reach.PUBLIC)


def _ipv4_within(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address to which this one leads; None if it leads to none."""
    if address in _UNSPECIFIED_OR_LOOPBACK:
        return None
    if any(address in network for network in _LAST_32_BITS):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.sixtofour  # 2002::/16 (RFC 3056)


def check_host(host: str, private_hosts: frozenset[str]) -> None:
    """Refuse a host by how it is written, before it is looked up.

    Raises PrivateAddress for an address in a private network and for `localhost` unless `private_hosts` has it,
    LinkLocal and SpecialAddress in any case. Other names pass: `check_address` judges what they lead to.
    """
    name = host_name(host)
    address = _address(name)
    if address is not None:
        check_address(str(address), name, private_hosts)
    elif f".{name}".endswith(".localhost") and not is_allowed(name, private_hosts):  # RFC 6761 6.3
        raise PrivateAddress(name)


def check_address(address: str, host: str, private_hosts: frozenset[str]) -> None:
    """Refuse an address to which `host` leads. Raises the errors of `check_host`."""
    refusal = _refusal(address, is_private_allowed=is_allowed(host, private_hosts))
    if refusal is not None:
        raise refusal(host_name(host))


def _refusal(address: str, *, is_private_allowed: bool) -> type[RefusedAddress] | None:
    reach = reach_of(ip_address(address.partition("%")[0]))
    if reach is Reach.PUBLIC or (reach is Reach.PRIVATE and is_private_allowed):
        return None
    return {Reach.PRIVATE: PrivateAddress, Reach.SPECIAL: SpecialAddress, Reach.LINK_LOCAL: LinkLocal}[reach]


@lru_cache(maxsize=4096)
def is_allowed(host: str, private_hosts: frozenset[str]) -> bool:
    """Is this host among the allowed private hosts, as it is written? What it leads to does not matter."""
    name = host_name(host)
    if name in private_hosts:
        return bool(name)
    address = _address(name)
    return address is not None and any(address in network for network in _networks(private_hosts))


@lru_cache(maxsize=64)
def _networks(private_hosts: frozenset[str]) -> tuple[Network, ...]:
    return tuple(ip_network(text) for text in private_hosts if "/" in text)


def parse_private_hosts(texts: Iterable[str]) -> frozenset[str]:
    """Host names, addresses and networks, in the spelling in which they are compared; blanks are left out.

    Raises ValueError for anything else, such as a web address.
    """
    return frozenset(_parse_private_host(text.strip()) for text in texts if text.strip())


def _parse_private_host(text: str) -> str:
    if "/" in text:
        return str(ip_network(text))
    name = host_name(text)
    if not name:
        raise ValueError("neither a host name nor an address or a network")
    return name

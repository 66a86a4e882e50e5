"""Which hosts are link-local: what answers there is no calendar server, but the metadata of a cloud machine."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

TRANSLATED = (
    IPv6Network("64:ff9b::/96"),  # NAT64 (RFC 6052)
    IPv6Network("64:ff9b:1::/48"),  # NAT64 within one network (RFC 8215)
    IPv6Network("::/96"),  # IPv4-compatible (RFC 4291)
    IPv6Network("::ffff:0:0:0/96"),  # SIIT (RFC 2765)
)
"""Networks in which the last 32 bits are an IPv4 address."""


def is_link_local(host: str) -> bool:
    """Is the host a link-local address, in any of its spellings? A name is none; it is resolved later."""
    try:
        address = ip_address(_dotted(host.partition("%")[0].rstrip(".")))
    except ValueError:
        return False
    return address.is_link_local or (isinstance(address, IPv6Address) and _ipv4_within(address).is_link_local)


def _dotted(host: str) -> str:
    """An IPv4 address in its usual form: systems also take `2852039166` and `0xa9fea9fe` for one."""
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return host


def _ipv4_within(address: IPv6Address) -> IPv4Address:
    """The IPv4 address to which this one leads, 0.0.0.0 for none."""
    if any(address in network for network in TRANSLATED):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or IPv4Address(0)

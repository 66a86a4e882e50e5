"""The address that a request comes from: the one place that knows when a header may be believed.

`X-Forwarded-For` counts only in requests that a proxy of TRUSTED_PROXIES sent. Behind a proxy that was not declared all
requests seem to come from the proxy itself; then the address is unknown, and limits by address are off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

Address = IPv4Address | IPv6Address
FORWARDING_HEADERS = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via")
IPV6_PREFIX = 64
"""One household or computer has all addresses of such a network."""
_WITH_PORT = re.compile(r"\[([^\[\]]*:[^\[\]]*)\](?::[0-9]{1,5})?|([0-9.]+):[0-9]{1,5}")


def client_address(request: HttpRequest) -> Address | None:
    """The address of the client; None if it is unknown."""
    peer = _parse(request.META.get("REMOTE_ADDR", ""))
    if peer is None or _is_undeclared_proxy(peer, request):
        return None
    if not _is_trusted(peer):
        return peer
    for address in _forwarded_for(request):
        if address is None or not _is_trusted(address):
            return address
    return None


def address_group(request: HttpRequest) -> str:
    """What limits by address count: an IPv4 address, or the network of an IPv6 address; empty if it is unknown."""
    address = client_address(request)
    if isinstance(address, IPv6Address):
        return str(ip_network((address, IPV6_PREFIX), strict=False))
    return str(address or "")


def has_undeclared_proxy() -> bool:
    """Do the settings say that a proxy ends TLS, but not which one it is?"""
    return urlsplit(settings.BASE_URL).scheme == "https" and not settings.TRUSTED_PROXIES


def parse_proxies(texts: list[str]) -> list[IPv4Network | IPv6Network]:
    """The networks of TRUSTED_PROXIES. Raises ValueError if one is neither an address nor a network."""
    return [ip_network(text.strip()) for text in texts]


def _is_undeclared_proxy(peer: Address, request: HttpRequest) -> bool:
    if _is_trusted(peer):
        return False
    forwarded = any(name in request.headers for name in FORWARDING_HEADERS)
    return has_undeclared_proxy() or (forwarded and not peer.is_global)


def _forwarded_for(request: HttpRequest) -> Iterator[Address | None]:
    """The addresses of the header, that of the nearest sender first; None for one that cannot be read."""
    entries = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    return (_parse(_without_port(entry.strip())) for entry in reversed(entries))


def _without_port(entry: str) -> str:
    """The address in an entry. Some proxies add the port: `192.0.2.1:5678`, or `[2001:db8::1]:443` with brackets."""
    found = _WITH_PORT.fullmatch(entry)
    return (found[1] or found[2]) if found else entry


def _is_trusted(address: Address) -> bool:
    return any(address in network for network in parse_proxies(settings.TRUSTED_PROXIES))


def _parse(text: str) -> Address | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address

"""Who may read the figures: a program on this machine, or one that knows METRICS_TOKEN."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from connections.dav import is_loopback
from practice.client_address import FORWARDING_HEADERS

SCHEME = "Bearer "


def may_read_metrics(request: HttpRequest) -> bool:
    return _is_local(request) or _has_token(request)


def _is_local(request: HttpRequest) -> bool:
    """Was the request sent on this machine, and not passed on for somebody else by a proxy on it?

    A proxy says so with a header; then the request is that of whoever sent it to the proxy. One that is not declared in
    TRUSTED_PROXIES may send no header at all: nobody is local where people reach Kalends from elsewhere and no proxy
    is declared.
    """
    if any(name in request.headers for name in FORWARDING_HEADERS):
        return False
    reached_here = is_loopback(urlsplit(settings.BASE_URL).hostname or "")
    return _is_loopback_peer(request) and (reached_here or bool(settings.TRUSTED_PROXIES))


def _is_loopback_peer(request: HttpRequest) -> bool:
    try:
        peer = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:  # a Unix socket has no address
        return False
    mapped = getattr(peer, "ipv4_mapped", None)
    return (mapped or peer).is_loopback


def _has_token(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "")
    token = settings.METRICS_TOKEN
    return bool(token) and given.startswith(SCHEME) and constant_time_compare(given.removeprefix(SCHEME).strip(), token)

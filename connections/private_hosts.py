"""The hosts in private networks that this deployment lets be asked (`ALLOWED_PRIVATE_HOSTS`)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings

from connections import dav
from connections.providers import is_apples


def private_hosts() -> frozenset[str]:
    """What the setting names, and the host of ICLOUD_CALDAV_URL: whoever runs Kalends has chosen both.

    What cannot be read allows nothing; `config.checks` says so. Apple's own hosts are in no private network.
    """
    return _hosts(tuple(settings.ALLOWED_PRIVATE_HOSTS), str(settings.ICLOUD_CALDAV_URL))


@lru_cache(maxsize=16)
def _hosts(listed: tuple[str, ...], icloud_url: str) -> frozenset[str]:
    host = _host(icloud_url)
    return frozenset().union(*map(_readable, listed if is_apples(host) else (*listed, host)))


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _readable(text: str) -> Iterable[str]:
    try:
        return dav.parse_private_hosts([text])
    except ValueError:
        return ()

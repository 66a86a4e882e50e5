"""Asks the name server which hosts have the calendars of a domain (RFC 6764 3 and 4)."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import dns.exception
import dns.resolver

from connections.dav.addresses import host_name
from connections.dav.urls import path_of

MAX_SECONDS = 3.0  # of each question: without an answer there is no record
MAX_TARGETS = 3


@dataclass(frozen=True, slots=True)
class ServiceRecord:
    """A host that has the calendars of a domain, and the path at which they begin there; "" if none is said."""

    host: str
    port: int
    path: str = ""

    @property
    def origin(self) -> str:
        return f"https://{self.host}" if self.port == 443 else f"https://{self.host}:{self.port}"


def service_records(domain: str, deadline: float) -> list[ServiceRecord]:
    """The hosts of `_caldavs._tcp` in the order in which they are to be tried, at most three; none without an answer.

    Hosts of `_caldav._tcp` are not looked for: they would get the password unencrypted. Of equal priority the one with
    the largest weight comes first, so that the same host is found each time. `deadline` is by ``time.monotonic()``.
    """
    name = f"_caldavs._tcp.{domain}."
    records = sorted(_asked(name, "SRV", deadline), key=lambda one: (one.priority, -one.weight, str(one.target)))
    targets = [(host_name(str(one.target)), int(one.port)) for one in records]
    usable = [(host, port) for host, port in targets if host and port][:MAX_TARGETS]  # "." says that there is none
    path = _path(_asked(name, "TXT", deadline)) if usable else ""
    return [ServiceRecord(host, port, path) for host, port in usable]


def _path(records: list[Any]) -> str:
    for record in records:
        key, _, value = b"".join(record.strings).decode("utf-8", "replace").partition("=")
        if key.strip().lower() == "path" and value.startswith("/"):
            return path_of(value)
    return ""


def _asked(name: str, kind: str, deadline: float) -> list[Any]:
    seconds = min(MAX_SECONDS, deadline - time.monotonic())
    if seconds <= 0:
        return []
    try:
        # A new resolver reads the configuration as it is now, unless the program has set one for all.
        resolver = dns.resolver.default_resolver or dns.resolver.Resolver()
        return list(resolver.resolve(name, kind, lifetime=seconds, search=False))
    except dns.exception.DNSException:
        return []

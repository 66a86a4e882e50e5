"""Reads what a person typed for a calendar server: a host, a web address or an e-mail address."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from connections.dav.addresses import host_name
from connections.dav.errors import AppleAddress, NotCalDav, Unencrypted, UserInfo
from connections.dav.urls import DEFAULT_PORTS, is_encrypted, path_of

ICLOUD = "icloud.com"
APPLE_MAIL = (ICLOUD, "me.com", "mac.com", "privaterelay.appleid.com")


@dataclass(frozen=True, slots=True)
class TypedServer:
    """A server as a person named it. `origin` is as it is stored: without the port that belongs to the scheme."""

    origin: str
    host: str
    path: str = "/"
    is_domain: bool = False  # of an e-mail address: nobody said that a calendar server is at it
    has_port: bool = False

    @property
    def url(self) -> str:
        return f"{self.origin}{self.path}"

    @property
    def is_icloud(self) -> bool:
        return is_below(self.host, ICLOUD)


def is_below(host: str, domain: str) -> bool:
    """Is the host this domain, or below it?"""
    return f".{host}".endswith(f".{domain}")


def read_typed(typed: str) -> TypedServer:
    """The server that was typed, by https where no scheme was; nothing is looked up.

    Raises UserInfo, Unencrypted, AppleAddress and NotCalDav as `discover_start` says.
    """
    text = typed.strip()
    if "://" not in text and "/" not in text and "@" in text:
        return _of_email(text)
    parts = _parts(text if "://" in text else f"https://{text}")
    if "@" in parts.netloc:
        raise UserInfo
    host = host_name(parts.hostname or "")
    if not host or parts.scheme not in DEFAULT_PORTS:
        raise NotCalDav("no address of a server")
    origin = f"{parts.scheme}://{_place(host, parts)}"
    if not is_encrypted(origin):
        raise Unencrypted(host)
    return TypedServer(origin, host, path_of(parts.path), has_port=parts.port is not None)


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise NotCalDav("no address of a server") from None
    return parts


def _place(host: str, parts: SplitResult) -> str:
    name = f"[{host}]" if ":" in host else host
    return name if parts.port in (None, DEFAULT_PORTS[parts.scheme]) else f"{name}:{parts.port}"


def _of_email(address: str) -> TypedServer:
    host = host_name(address.rpartition("@")[2])
    if not host:
        raise NotCalDav("no address of a server")
    if any(is_below(host, domain) for domain in APPLE_MAIL):
        raise AppleAddress
    return TypedServer(f"https://{host}", host, is_domain=True)

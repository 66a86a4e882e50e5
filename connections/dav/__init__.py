"""The CalDAV client: an account at a server, over HTTP. No Django, no tables.

Terms: an *href* is the path of a resource, normalised and without a host. An *ETag* identifies one version of a
resource, a *token* one state of a calendar.
"""

from __future__ import annotations

from connections.dav.addresses import check_host, host_name, parse_private_hosts
from connections.dav.batch_size import MAX_BATCH, MAX_LINES, MIN_BATCH, Limits
from connections.dav.urls import Credentials, collection_path, is_loopback, path_of

from .errors import (
    AppleAddress,
    BrokenFile,
    Conflict,
    DavError,
    Downgraded,
    Forbidden,
    ForeignHost,
    LeadsElsewhere,
    LinkLocal,
    NoPassword,
    NotCalDav,
    NotFound,
    PrivateAddress,
    RefusedAddress,
    SpecialAddress,
    TokenExpired,
    TooLarge,
    Unauthorized,
    Unavailable,
    Unencrypted,
    Untrusted,
    UserInfo,
)
from .parallel import Asked, ParallelFetch
from .retry import despite_one_401, despite_one_failure
from .session import Session
from .values import Changes, Fetched, Home, HomeListing, ReadingSession, RemoteCalendar, Resource

__all__ = [
    "MAX_BATCH",
    "MAX_LINES",
    "MIN_BATCH",
    "AppleAddress",
    "Asked",
    "BrokenFile",
    "Changes",
    "Conflict",
    "Credentials",
    "DavError",
    "Downgraded",
    "Fetched",
    "Forbidden",
    "ForeignHost",
    "Home",
    "HomeListing",
    "LeadsElsewhere",
    "Limits",
    "LinkLocal",
    "NoPassword",
    "NotCalDav",
    "NotFound",
    "ParallelFetch",
    "PrivateAddress",
    "ReadingSession",
    "RefusedAddress",
    "RemoteCalendar",
    "Resource",
    "Session",
    "SpecialAddress",
    "TokenExpired",
    "TooLarge",
    "Unauthorized",
    "Unavailable",
    "Unencrypted",
    "Untrusted",
    "UserInfo",
    "check_host",
    "collection_path",
    "despite_one_401",
    "despite_one_failure",
    "host_name",
    "is_loopback",
    "parse_private_hosts",
    "path_of",
]

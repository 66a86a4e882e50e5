"""The CalDAV client: an account at a server, over HTTP. No Django, no tables.

Terms: an *href* is the path of a resource, normalised and without a host. An *ETag* identifies one version of a
resource, a *token* one state of a calendar.
"""

from __future__ import annotations

from connections.dav.addresses import is_link_local
from connections.dav.batch_size import MAX_BATCH, MAX_LINES, MIN_BATCH, Limits
from connections.dav.urls import Credentials, collection_path, is_loopback, path_of

from .errors import (
    BrokenFile,
    Conflict,
    DavError,
    Forbidden,
    ForeignHost,
    LinkLocal,
    NoPassword,
    NotCalDav,
    NotFound,
    TokenExpired,
    TooLarge,
    Unauthorized,
    Unavailable,
)
from .parallel import Asked, ParallelFetch
from .retry import despite_one_401, despite_one_failure
from .session import Session
from .values import Changes, Fetched, Home, HomeListing, ReadingSession, RemoteCalendar, Resource

__all__ = [
    "MAX_BATCH",
    "MAX_LINES",
    "MIN_BATCH",
    "Asked",
    "BrokenFile",
    "Changes",
    "Conflict",
    "Credentials",
    "DavError",
    "Fetched",
    "Forbidden",
    "ForeignHost",
    "Home",
    "HomeListing",
    "Limits",
    "LinkLocal",
    "NoPassword",
    "NotCalDav",
    "NotFound",
    "ParallelFetch",
    "ReadingSession",
    "RemoteCalendar",
    "Resource",
    "Session",
    "TokenExpired",
    "TooLarge",
    "Unauthorized",
    "Unavailable",
    "collection_path",
    "despite_one_401",
    "despite_one_failure",
    "is_link_local",
    "is_loopback",
    "path_of",
]

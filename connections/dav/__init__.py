"""The wire: a CalDAV account over HTTP. No Django, no tables.

Words: an *href* is the path of a resource, always in one spelling and without a host; an *ETag*
names one version of it; a *token* names one state of a calendar.
"""

from __future__ import annotations

from connections.dav.urls import Account, collection_path, is_loopback, path_of

from .errors import (
    Conflict,
    DavError,
    Forbidden,
    ForeignHost,
    NoPassword,
    NotCalDav,
    NotFound,
    TokenExpired,
    TooLarge,
    Unauthorized,
    Unavailable,
)
from .retry import despite_one_401
from .session import Session
from .values import Changes, Fetched, Home, RemoteCalendar, Resource

__all__ = [
    "Account",
    "Changes",
    "Conflict",
    "DavError",
    "Fetched",
    "Forbidden",
    "ForeignHost",
    "Home",
    "NoPassword",
    "NotCalDav",
    "NotFound",
    "RemoteCalendar",
    "Resource",
    "Session",
    "TokenExpired",
    "TooLarge",
    "Unauthorized",
    "Unavailable",
    "collection_path",
    "despite_one_401",
    "is_loopback",
    "path_of",
]

"""The servers that the sandbox can stand in for: their paths, their answers, and the switches that they start with.

A flavour is data. What a server does otherwise is a switch, so that a test can also set it alone.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.server.store.layout import Layout


@dataclass(frozen=True, slots=True)
class Flavour:
    """One kind of server. `switches` differ from iCloud's.

    `challenges`: of a 401. `headers`: of every answer, those of iCloud if None. `down_headers`: of the answers while it
    is down. `sabre_errors`: errors have a body of sabre/dav. `outside`: the status outside of the layout's prefix.
    """

    name: str
    layout: Layout = field(default_factory=Layout)
    switches: Mapping[str, Any] = field(default_factory=dict)
    challenges: tuple[str, ...] = ('X-MobileMe-AuthToken realm="MMCalDav"', 'Basic realm="MMCalDav"')
    headers: Mapping[str, str] | None = None
    down_headers: Mapping[str, str] = field(default_factory=dict)
    sabre_errors: bool = False
    outside: int = 404


ICLOUD = Flavour("icloud")

# What both others share: one host, and none of the defects that are known of iCloud alone.
_PLAIN = {
    "home_on_pod": False,
    "principal_depth_one": "207",
    "query_without_component": "207",
    "moved_occurrences": "by-both",
    "marks_exceptions": False,
    "wildcard_if_match": "proper",
    "no_end": "201",
    "odd_names": "accepted",
    "sync_on_home": False,
    "sync_lists_itself": False,
    "cdata": False,
    "content_type": "application/xml; charset=utf-8",
    # RFC 4791 5.3.4: no strong ETag if something else was stored than was sent.
    "etag_if_changed": False,
}

# Fastmail runs Cyrus IMAP. Addresses: https://www.fastmail.help/hc/en-us/articles/1500000278342 (server names and
# ports); a normal password is refused there, an app password has 16 letters and digits. Sync tokens: "data:," with two
# numbers (SYNC_TOKEN_URL_SCHEME in cyrus-imapd/imap/http_dav.h). A UID that is used: 403 with no-uid-conflict.
FASTMAIL = Flavour(
    "fastmail",
    Layout(
        roots=("/dav/", "/"),
        principal="/dav/principals/user/{login}/",
        short_principal="",
        home="/dav/calendars/user/{login}/",
        owner=r"/dav/(?:principals|calendars)/user/([^/]+)/",
        boxes=("Inbox", "Outbox", "Attachments"),
        word_sizes=(16,),
        word_letters=string.ascii_lowercase + string.digits,
    ),
    _PLAIN | {"token_form": "cyrus", "uid_conflict": "403-precondition"},
    challenges=('Basic realm="Fastmail"',),
    headers={"Server": "nginx", "DAV": "1, 2, 3, access-control, extended-mkcol, resource-sharing, calendar-access"},
)


def nextcloud(base: str = "") -> Flavour:
    """Nextcloud, installed at the path `base`, such as "/cloud", or at the root of its host.

    It uses sabre/dav (https://sabre.io/dav/). A UID that is used in the same calendar: a bare 400
    (nextcloud/server, apps/dav/lib/CalDAV/CalDavBackend.php, createCalendarObject). More than ten wrong passwords in
    half an hour: 429 (lib/private/Security/Bruteforce/Throttler.php). Maintenance: 503 with Retry-After (lib/base.php).
    App passwords: five groups of five, with dashes. The login may differ from the mail address.
    """
    dav = f"{base}/remote.php/dav/"
    layout = Layout(
        prefix=dav,
        well_known=f"{base}/.well-known/caldav",
        roots=(dav,),
        principal=f"{dav}principals/users/{{login}}/",
        short_principal="",
        home=f"{dav}calendars/{{login}}/",
        owner=rf"{dav}(?:principals/users|calendars)/([^/]+)/",
        boxes=("inbox", "outbox", "trashbin"),
        word_sizes=(5, 5, 5, 5, 5),
        word_letters="abcdefgijkmnopqrstwxyzABCDEFGHJKLMNPQRSTWXYZ23456789",
    )
    return Flavour(
        "nextcloud",
        layout,
        _PLAIN | {"token_form": "sabre", "uid_conflict": "400-in-calendar", "wrong_passwords": 10},
        challenges=('Basic realm="Nextcloud", charset="UTF-8"',),
        headers={"Server": "Apache", "X-Content-Type-Options": "nosniff"},
        down_headers={"Retry-After": "120", "X-Nextcloud-Maintenance-Mode": "1"},
        sabre_errors=True,
        outside=405,
    )


FLAVOURS = {one.name: one for one in (ICLOUD, FASTMAIL, nextcloud())}

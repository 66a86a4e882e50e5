"""What sentences say of each calendar provider: its name, what its password is called, its own sentences for problems.

A provider is added here; the sentences and pages that speak of one stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

ICLOUD, CALDAV, ICS = "icloud", "caldav", "ics"


@dataclass(frozen=True, slots=True)
class ProviderWords:
    """The words for one provider.

    `recipient` is what clients know it as, `passwords_at` the page where a password is made and revoked ("" for none).
    `sentences` replace, by code, those of `connections.problems`.
    """

    name: str | StrPromise
    password: StrPromise
    username: StrPromise
    recipient: str = ""
    passwords_at: str = ""
    sentences: Mapping[str, StrPromise] = field(default_factory=dict)


_ICLOUD_WORDS = ProviderWords(
    name="iCloud",
    recipient="Apple (iCloud)",
    password=_("app-specific password"),
    username=_("Apple ID"),
    passwords_at="account.apple.com",
    sentences={
        "unauthorized": _(
            "Apple no longer accepts the app-specific password of %(username)s. Make a new one at account.apple.com "
            "and reconnect."
        ),
        "password_unreadable": _(
            "The stored password cannot be read with the FERNET_KEYS of this server. Put the old key back and sync, or "
            "reconnect with a new app-specific password."
        ),
        "not_accepted": _("Not accepted. Mistyped, revoked, or made under another Apple Account."),
        "no_username": _("Enter the e-mail address of the Apple Account."),
        "unencrypted": _(
            "iCloud is asked by https:// only, so nothing was sent. Correct the address, or leave it out."
        ),
        "no_calendars": _(
            "The account has no calendars for events. Turn on Calendars under iCloud on the iPhone, then connect again."
        ),
        "connecting_refused": _("The server refused it (%(status)s). Check the Apple ID and the address."),
        "other_account": _(
            "This password belongs to another Apple Account. Make it while signed in as the account that is connected "
            "here."
        ),
    },
)
UNNAMED_SERVER = ProviderWords(name=_("The server"), password=_("password"), username=_("User name"))
"""The words where no account is known."""


_FEED_WORDS = ProviderWords(
    name=_("Calendar by web address"), password=_("web address"), username=_("Web address"), recipient=""
)


def choices() -> list[tuple[str, str | StrPromise]]:
    """The providers with their names, for a field of a form."""
    return [(ICLOUD, "iCloud"), (CALDAV, _("CalDAV server")), (ICS, _("Calendar by web address"))]


def provider_words(slug: str, url: str = "") -> ProviderWords:
    """The words for the provider `slug`. A server without a name of its own is called by the host of its `url`."""
    if slug == ICLOUD:
        return _ICLOUD_WORDS
    if slug == ICS:
        return _FEED_WORDS
    host = urlsplit(url).hostname or ""
    return replace(UNNAMED_SERVER, name=host, recipient=host) if host else UNNAMED_SERVER


def provider_at(url: str) -> str:
    """The slug of the provider to which a start address belongs."""
    return ICLOUD if is_icloud(url) else CALDAV


def is_icloud(url: str) -> bool:
    """Does this start address belong to the configured iCloud, so that its password rules hold?"""
    return _origin(url) == _origin(settings.ICLOUD_CALDAV_URL) or is_apples(urlsplit(url).hostname or "")


def is_apples(host: str) -> bool:
    """Is the host one of iCloud's?"""
    return f".{host.rstrip('.')}".endswith(".icloud.com")


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)

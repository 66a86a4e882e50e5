"""All providers by slug, and to which of them an address belongs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from connections.providers.caldav import CALDAV_SERVER, FASTMAIL, MAILBOX, NEXTCLOUD
from connections.providers.further import FURTHER
from connections.providers.icloud import ICLOUD_CALENDAR
from connections.providers.provider import PasswordShape, Provider, ProviderWords
from connections.providers.web_address import WEB_ADDRESS

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

PROVIDERS: dict[str, Provider] = {
    one.slug: one for one in (ICLOUD_CALENDAR, WEB_ADDRESS, FASTMAIL, MAILBOX, NEXTCLOUD, CALDAV_SERVER, *FURTHER)
}
"""In the order of the page that lists them."""

ICLOUD, ICS, CALDAV = ICLOUD_CALENDAR.slug, WEB_ADDRESS.slug, CALDAV_SERVER.slug
UNNAMED_SERVER = ProviderWords(name=_("The server"), password=_("password"), username=_("User name"))
"""The words where no account is known."""


def choices() -> list[tuple[str, str | StrPromise]]:
    """The providers with their names, for a field of a form."""
    return [(one.slug, one.words.name) for one in PROVIDERS.values()]


def provider_named(slug: str) -> Provider:
    """The provider with this slug; for one that no longer exists, a CalDAV server."""
    return PROVIDERS.get(slug, CALDAV_SERVER)


def provider_words(slug: str, url: str = "") -> ProviderWords:
    """The words for the provider `slug`. A server that a person named by its address is told apart by its host.

    One without a name of its own is called by the host of its `url`.
    """
    provider = provider_named(slug)
    host = urlsplit(url).hostname or ""
    if provider is CALDAV_SERVER:
        named = {"name": host, "recipient": host} if host else {"name": UNNAMED_SERVER.name}
        return replace(provider.words, **named)
    if host and provider.asks_address and provider.is_two_way:
        return replace(provider.words, recipient=f"{provider.words.name} ({host})")
    return provider.words


def provider_at(url: str) -> str:
    """The slug of the provider to which a start address belongs."""
    return next((one.slug for one in PROVIDERS.values() if one.is_at(url)), CALDAV)


def provider_for(slug: str, url: str) -> Provider:
    """The provider of an account with the start address `url`, for which `slug` was chosen ("" for by its address).

    An address that belongs to a provider is always that one's, so that its rules for passwords hold. And one whose
    passwords have a shape of their own is only where its address is.
    """
    found = provider_named(provider_at(url))
    chosen = provider_named(slug) if slug else found
    if found is not CALDAV_SERVER or chosen.password_shape is not PasswordShape.ANY:
        return found
    return chosen


def is_icloud(url: str) -> bool:
    """Does this start address belong to the configured iCloud, so that its password rules hold?"""
    return ICLOUD_CALENDAR.is_at(url)


def is_apples(host: str) -> bool:
    """Is the host one of iCloud's?"""
    return ICLOUD_CALENDAR.has_host(host)

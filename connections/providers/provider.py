"""What is known of one calendar provider."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


class PasswordShape(StrEnum):
    """What the passwords of a provider look like."""

    ANY = "any"  # sent as it was typed
    APPLE = "apple"  # abcd-efgh-ijkl-mnop; anything else may be the normal password, so it is not sent


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


@dataclass(frozen=True, slots=True)
class Provider:
    """One calendar provider.

    Where it is reached is one of three: `url` (or the setting `url_setting`) is its one start address; `path` follows
    the address of a server that a person types, from which `page_paths` are cut, the paths of its web pages; with
    neither, the start address is found from what a person types (RFC 6764).

    `hosts` are its domains: an address there is this provider's. `title` is what the pages for connecting call it,
    `connect_title` the title of its own page where “Connect” before that is no sentence, and `about` says what it is.
    `notes` say what goes wrong easily, and `help_url` where its maker explains that. `says_untried`: do its pages say
    that nobody has tried it with a real account yet? `username_field` is the name of the field for the user name in
    forms, and `username_missing` what is said there if it is empty ("" for the sentence that commands say).
    `is_on_iphone`: do its calendars stand on an iPhone without more?
    """

    slug: str
    words: ProviderWords
    about: StrPromise
    title: StrPromise | str = ""
    connect_title: StrPromise | str = ""
    url: str = ""
    url_setting: str = ""
    path: str = ""
    page_paths: tuple[str, ...] = ()
    address_example: str = ""
    address_hint: StrPromise | str = ""
    hosts: tuple[str, ...] = ()
    username_field: str = "username"
    username_missing: StrPromise | str = ""
    username_is_email: bool = False
    username_hint: StrPromise | str = ""
    password_hint: StrPromise | str = ""
    password_shape: PasswordShape = PasswordShape.ANY
    is_two_way: bool = True
    is_on_iphone: bool = False
    has_own_page: bool = False
    says_untried: bool = True
    notes: tuple[StrPromise, ...] = ()
    help_url: str = ""

    @property
    def fixed_url(self) -> str:
        """Its one start address; "" where a person types the address of a server."""
        return str(getattr(settings, self.url_setting)) if self.url_setting else self.url

    @property
    def asks_address(self) -> bool:
        """Must a person type the address of a server?"""
        return not self.fixed_url

    @property
    def discovers(self) -> bool:
        """Is the start address found from what a person types?"""
        return self.is_two_way and self.asks_address and not self.path

    @property
    def heading(self) -> str:
        """What it is called where there is a choice of providers."""
        return str(self.title or self.words.name)

    @property
    def page_title(self) -> str:
        """The title of the page on which it is connected."""
        return str(self.connect_title or _("Connect %(name)s") % {"name": self.heading})

    @property
    def guide(self) -> str:
        """The template that shows how a password is made."""
        return f"connections/guides/{self.slug if self.has_own_page else 'further'}.html"

    def has_host(self, host: str) -> bool:
        """Is the host one of this provider's?"""
        return any(f".{host.rstrip('.')}".endswith(f".{domain}") for domain in self.hosts)

    def is_at(self, url: str) -> bool:
        """Does the address belong to this provider, by its start address or its hosts?"""
        if self.asks_address:
            return False
        origin = _origin(url)
        return origin == _origin(self.fixed_url) or self.has_host(origin[1])


def _origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port; empty for what is no address."""
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname or "", parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return "", "", None

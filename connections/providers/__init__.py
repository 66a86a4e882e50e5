"""The calendar providers: what each is called, where it is reached, how it is signed in to, and what it can.

A provider is data: a `Provider` in `icloud`, `web_address`, `caldav` or `further`, and its slug in the registry. Pages,
sentences, commands and checks read its fields, so none of them changes for a new one. What only one provider does is a
field too, unless a test shows that it needs code of its own.
"""

from __future__ import annotations

from connections.providers.addresses import start_url
from connections.providers.provider import PasswordShape, Provider, ProviderWords
from connections.providers.registry import (
    CALDAV,
    ICLOUD,
    ICS,
    PROVIDERS,
    UNNAMED_SERVER,
    choices,
    is_apples,
    is_icloud,
    provider_at,
    provider_for,
    provider_named,
    provider_words,
)

__all__ = [
    "CALDAV",
    "ICLOUD",
    "ICS",
    "PROVIDERS",
    "UNNAMED_SERVER",
    "PasswordShape",
    "Provider",
    "ProviderWords",
    "choices",
    "is_apples",
    "is_icloud",
    "provider_at",
    "provider_for",
    "provider_named",
    "provider_words",
    "start_url",
]

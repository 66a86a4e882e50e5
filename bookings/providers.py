"""What to call the calendar providers of a staff member in a sentence."""

from __future__ import annotations

from connections.models import Connection
from connections.providers import ICLOUD, PROVIDERS, provider_named, provider_words
from practice.models import User


def provider_names(user: User) -> str:
    """The providers of the user's connections, such as "iCloud", in the order in which providers are listed.

    Of somebody without connections the default one.
    """
    rows = Connection.objects.filter(user=user).order_by("url").values_list("provider", "url").distinct()
    listed = sorted(rows, key=lambda row: list(PROVIDERS).index(provider_named(row[0]).slug))
    names = dict.fromkeys(str(provider_words(slug, url).name) for slug, url in listed)
    return ", ".join(names) or str(provider_words(ICLOUD).name)

"""What to call the calendar providers of a staff member in a sentence."""

from __future__ import annotations

from connections.models import Connection
from connections.providers import ICLOUD, provider_words
from practice.models import User


def provider_names(user: User) -> str:
    """The providers of the user's connections, such as "iCloud"; of somebody without connections the default one."""
    rows = Connection.objects.filter(user=user).order_by("-provider", "url").values_list("provider", "url").distinct()
    names = dict.fromkeys(str(provider_words(slug, url).name) for slug, url in rows)
    return ", ".join(names) or str(provider_words(ICLOUD).name)

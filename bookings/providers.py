"""What to call the calendar providers of a staff member in a sentence."""

from __future__ import annotations

from connections.models import Connection
from practice.models import User


def provider_names(user: User) -> str:
    """The providers of the user's connections, such as "iCloud"; of somebody without connections the default one."""
    slugs = Connection.objects.filter(user=user).order_by("provider").values_list("provider", flat=True).distinct()
    return ", ".join(Connection.Provider(slug).label for slug in slugs) or Connection.Provider.ICLOUD.label

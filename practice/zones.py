"""Time zone names as people may choose them."""

from __future__ import annotations

import zoneinfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def validate_zone(name: str) -> None:
    """Raise ValidationError unless `name` is an IANA time zone such as Europe/Berlin."""
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValidationError(
            _("“%(name)s” is not a time zone. Give one like Europe/Berlin."), params={"name": name}
        ) from error


def zone_choices() -> list[tuple[str, str]]:
    """Every IANA zone that people recognise, for a select box."""
    return [(name, name.replace("_", " ")) for name in sorted(zoneinfo.available_timezones()) if _offered(name)]


def _offered(name: str) -> bool:
    return name == "UTC" or ("/" in name and not name.startswith(("Etc/", "SystemV/", "posix/", "right/")))

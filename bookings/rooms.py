"""Rooms of video calls: each booking has its own, whose name is random and derived from nothing."""

from __future__ import annotations

import secrets

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

PLACEHOLDER = "{room}"
"""What stands in a call link for the name of the room."""
MAX_ROOM = 32
_SCHEMES = ("https", "http")
_valid_link = URLValidator(schemes=_SCHEMES)


def new_room() -> str:
    """The name of a room that nobody can guess: 128 random bits, safe in a URL."""
    return secrets.token_hex(MAX_ROOM // 2)


def with_room(location: str, room: str) -> str:
    """The location with this room in its link."""
    return location.replace(PLACEHOLDER, room)


def is_call_link(location: str) -> bool:
    """Is the location the address of a video call, not words about it?"""
    return location.startswith(tuple(f"{scheme}://" for scheme in _SCHEMES))


def check_location(location: str, *, is_call: bool) -> None:
    """Raise ValidationError for a link that leads nowhere, and for a room that is not in the link of a call."""
    if PLACEHOLDER in location and not (is_call and is_call_link(location)):
        raise ValidationError(
            _("{room} belongs in the link of a video call, for example https://meet.example.org/{room}.")
        )
    if is_call_link(location):
        _check_link(with_room(location, "room"))


def _check_link(link: str) -> None:
    if "{" in link or "}" in link:
        raise ValidationError(_("Only {room} may be in braces. Each booking has a random room of its own."))
    try:
        _valid_link(link)
    except ValidationError:
        raise ValidationError(_("This link is not complete. Enter one like https://meet.example.org/{room}.")) from None

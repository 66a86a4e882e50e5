"""The public addresses at which clients book."""

from __future__ import annotations

from django.conf import settings


def booking_address(service: str = "") -> str:
    """The address of the booking page, or of the page of the service with this slug."""
    return f"{settings.BASE_URL}/book/{service}/" if service else f"{settings.BASE_URL}/book/"


def is_booking_address(text: str) -> bool:
    """Is the text an address below the booking page of this deployment?"""
    return text.startswith(booking_address()) and text.isprintable() and len(text) <= 300 and " " not in text

"""What the pages of the own account show."""

from __future__ import annotations

from django import template

from practice.account.devices import device_of
from practice.sign_in.adapter import UNKNOWN_ADDRESS

register = template.Library()
register.filter("device", device_of)


@register.filter
def known_address(address: str) -> str:
    """The address of a session; empty if Kalends did not know it."""
    return "" if address == UNKNOWN_ADDRESS else address

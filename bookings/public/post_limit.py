"""How often one address, or one IPv6 network, may send forms to the pages for clients."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest

from practice.client_address import address_group
from practice.sign_in import tries

FORMS_PER_BOOKING = 12
"""A booking takes several forms: the time, the details, perhaps a correction, and asking to keep the time longer."""
_KIND = "public form"


def seconds_to_wait(request: HttpRequest, now: datetime) -> int:
    """Count a form. How many seconds it comes too early, because too many came in the last hour; 0 if it may go on."""
    address = address_group(request)
    if not address:
        return 0
    key = tries.key_of(_KIND, address)
    seconds = tries.seconds_left([key], now)
    if not seconds:
        tries.count({_KIND: key}, {_KIND: FORMS_PER_BOOKING * settings.BOOKING_RATE}, now)
    return seconds

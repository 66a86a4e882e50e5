"""How many upcoming bookings one client may have."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings.actions.checks.preconditions import ClientLimitReached, LimitReached, Refused
from bookings.models import Booking, Client, Seat
from practice.models import Practice


def check_upcoming(client: Client, typed_email: str, *, now: datetime, is_from_public: bool) -> None:
    """Raise a refusal if the client has as many upcoming bookings as the practice allows.

    Call it after `client_of` in the same transaction: until that ends nobody else books this client. Staff are told
    (ClientLimitReached). Anybody may have typed the client's details, so on the public pages what there is goes only to
    the address (LimitReached), and who gave none is asked to call (Refused).
    """
    most = Practice.current().max_upcoming
    if most is None or (booked := _upcoming(client, now)) < most:
        return
    if not is_from_public:
        raise ClientLimitReached(_sentence(client, booked, most))
    if typed_email:
        raise LimitReached(_("No more appointments can be booked online. The e-mail that we have sent you lists all."))
    raise Refused(_("No more appointments can be booked online. Please call us."))


def _upcoming(client: Client, now: datetime) -> int:
    return Seat.objects.filter(client=client, booking__status__in=Booking.LIVE, booking__start__gt=now).count()


def _sentence(client: Client, booked: int, most: int) -> str:
    text = ngettext(
        "The practice allows each client %(most)s upcoming booking, and %(client)s has %(booked)s already.",
        "The practice allows each client %(most)s upcoming bookings, and %(client)s has %(booked)s already.",
        most,
    )
    return text % {"most": most, "client": client, "booked": booked}

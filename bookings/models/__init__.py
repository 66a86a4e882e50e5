"""People and what they booked.

BOOKING: a piece of a staff member's time given to a client. LINKED EVENT: one placement of a booking in a calendar, and
how far that calendar has it. PROPOSAL: a change made on the iPhone that staff must decide. CLIENT CHANGE: what was
changed about a client, and by whom.
"""

from __future__ import annotations

from bookings.models.booking import Booking, BookingQuerySet
from bookings.models.change import BookingChange
from bookings.models.client import Client
from bookings.models.client_change import ClientChange, ClientChangeQuerySet
from bookings.models.linked_event import LinkedEvent, LinkedEventQuerySet
from bookings.models.mirrored_slot import MirroredSlot, MirroredSlotQuerySet
from bookings.models.placement import Placement, PlacementQuerySet
from bookings.models.proposal import Proposal, ProposalQuerySet
from bookings.models.service import Service

__all__ = [
    "Booking",
    "BookingChange",
    "BookingQuerySet",
    "Client",
    "ClientChange",
    "ClientChangeQuerySet",
    "LinkedEvent",
    "LinkedEventQuerySet",
    "MirroredSlot",
    "MirroredSlotQuerySet",
    "Placement",
    "PlacementQuerySet",
    "Proposal",
    "ProposalQuerySet",
    "Service",
]

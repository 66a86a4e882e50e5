"""People and what they booked.

BOOKING: a piece of a staff member's time given to a client. CLAIM: time of a staff member that is taken. SEAT: one
client's part of a booking. HOLD: a time that a visitor keeps for some minutes while they book it. LINKED EVENT: one
placement of a booking in a calendar, and how far that calendar has it. LINK REQUEST: somebody asks for the links of
their appointments. MAIL: one message to one recipient about one seat. PROPOSAL: a change made on the iPhone that staff
must decide. COVERED DAY: a day of which one event covers several bookings, about which staff decide together. QUESTION:
what clients are asked when they book a service. CLIENT CHANGE: what was changed about a client, and by whom. SERIES:
several appointments that were booked at once. SERVICE HOURS: a period of every week in which a
person gives one service.
"""

from __future__ import annotations

from bookings.models.booking import Booking, BookingQuerySet
from bookings.models.change import BookingChange
from bookings.models.claim import Claim, ClaimQuerySet, booking_lock
from bookings.models.client import Client, ClientQuerySet
from bookings.models.client_change import ClientChange, ClientChangeQuerySet
from bookings.models.hold import Hold, HoldQuerySet
from bookings.models.link_request import LinkRequest, LinkRequestQuerySet
from bookings.models.linked_event import LinkedEvent, LinkedEventQuerySet
from bookings.models.mail import Mail, MailQuerySet
from bookings.models.mirrored_slot import MirroredSlot, MirroredSlotQuerySet
from bookings.models.placement import Placement, PlacementQuerySet
from bookings.models.proposal import Proposal, ProposalQuerySet
from bookings.models.proposals import CoveredDay
from bookings.models.questions import Question
from bookings.models.seat import Seat
from bookings.models.series import Series
from bookings.models.services.hours import ServiceHours, ServiceHoursQuerySet, write_service_hours
from bookings.models.services.service import Service, ServiceShape, ServiceStaff

__all__ = [
    "Booking",
    "BookingChange",
    "BookingQuerySet",
    "Claim",
    "ClaimQuerySet",
    "Client",
    "ClientChange",
    "ClientChangeQuerySet",
    "ClientQuerySet",
    "CoveredDay",
    "Hold",
    "HoldQuerySet",
    "LinkRequest",
    "LinkRequestQuerySet",
    "LinkedEvent",
    "LinkedEventQuerySet",
    "Mail",
    "MailQuerySet",
    "MirroredSlot",
    "MirroredSlotQuerySet",
    "Placement",
    "PlacementQuerySet",
    "Proposal",
    "ProposalQuerySet",
    "Question",
    "Seat",
    "Series",
    "Service",
    "ServiceHours",
    "ServiceHoursQuerySet",
    "ServiceShape",
    "ServiceStaff",
    "booking_lock",
    "write_service_hours",
]

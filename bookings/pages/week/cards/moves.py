"""Moving a booking in the calendar: say what would change and who is told, and do it on a press."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from bookings import actions
from bookings.actions.checks.candidates import require_offer
from bookings.models import Booking
from bookings.pages.people import bookable_people
from bookings.pages.week.cards.shown import done, instant_in, show_card
from connections.calendar_page import CalendarRequest, calendar_page
from practice.models import User
from practice.roles import Action, allowed
from practice.times import is_whole_minute


@calendar_page(Action.HANDLE_BOOKINGS)
def move_booking(request: CalendarRequest, pk: int) -> HttpResponse:
    """Ask whether the booking shall move to `start`, and to a colleague (`staff`); by POST move it."""
    bookings = allowed(request.user, Action.HANDLE_BOOKINGS, Booking.objects.with_details(), owner="staff")
    booking = get_object_or_404(bookings, pk=pk)
    if not booking.live or booking.end <= request.now:
        return redirect(booking)
    start, person = _start(request, booking), _person(request, booking)
    refusal: actions.Refused | None = None
    if request.method == "POST":
        try:
            moved = _moved(request, booking, start, person)
        except actions.Refused as refused:
            refusal = refused
        else:
            return done(request, _("Moved: %(booking)s.") % {"booking": moved}, start)
    context = {
        "booking": booking,
        "start": start,
        "end": start + (booking.end - booking.start),
        "person": person,
        "other_person": person != booking.staff,
        "refusal": refusal,
        "can_insist": getattr(refusal, "can_insist", False) and start != booking.start,
    }
    return show_card(request, "move", context, start)


def _start(request: CalendarRequest, booking: Booking) -> datetime:
    """When the booking shall begin. Raises Http404 for what the calendar never asks for: a time with seconds."""
    start = instant_in(request, "start")
    if start != booking.start and not is_whole_minute(start):
        raise Http404
    return start


def _person(request: CalendarRequest, booking: Booking) -> User:
    """With whom the booking shall be. Raises Http404 unless the reader may make bookings with them."""
    key = (request.POST or request.GET).get("staff", "")
    if key in ("", str(booking.staff_id)):
        return booking.staff
    found = bookable_people(request.user).filter(pk=int(key)).first() if key.isdecimal() and len(key) < 19 else None
    if found is None:
        raise Http404
    return found


def _moved(request: CalendarRequest, booking: Booking, start: datetime, person: User) -> Booking:
    """Move the booking. At its own time it is handed over. Raises Refused."""
    if person != booking.staff:
        require_offer(booking.service, person)
        if start == booking.start:
            return actions.hand_over(booking, to=person, now=request.now, actor=request.user)
    anyway = "anyway" in request.POST
    return actions.reschedule(booking, start=start, staff=person, now=request.now, actor=request.user, anyway=anyway)

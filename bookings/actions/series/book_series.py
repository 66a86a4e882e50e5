"""Book a series: several appointments of a client with one person, all or none."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings

from bookings.actions.checks.candidates import candidates
from bookings.actions.checks.preconditions import check_open, overlaps_refused, refuse_while_restored
from bookings.actions.making.details import NOTHING_SAID, ClientDetails, SeatDetails, tidy_details
from bookings.actions.making.rates import check_rates
from bookings.actions.making.writing import BookingRequest, client_of_request, write_booking
from bookings.actions.series.starts import all_or_none, check_starts
from bookings.links import new_public_id
from bookings.models import Booking, Claim, Client, Hold, Series, Service, booking_lock
from bookings.openings.series.pattern import Wish
from connections.freshness import freshness
from connections.sync.poll import refresh_all
from practice.models import User

SUBMITTED_TWICE_WITHIN = timedelta(minutes=10)


def book_series(
    *,
    service: Service,
    staff: User,
    starts: Collection[datetime],
    client: ClientDetails,
    now: datetime,
    actor: User | None = None,
    seat: SeatDetails = NOTHING_SAID,
    wish: Wish | None = None,
    hold: Hold | None = None,
    anyway: bool = False,
    note: str = "",
) -> Series:
    """Book `service` with `staff` at each of the `starts` (aware), or at none of them.

    `hold` is the first hold of the times that a visitor keeps, or kept until they expired. `anyway`: staff insist on
    times that are not open. Submitted twice it gives the same series. Each appointment counts for the limits of the
    others. Raises Refused, and NotOpen, which names the times that are `gone`.
    """
    client = tidy_details(client)
    if hold:
        if booked := _booked_from(hold):
            return booked
        refuse_while_restored()
        check_rates(hold, client.email, now)
    starts = check_starts(service, starts, now)
    candidates(service, staff)
    request = BookingRequest(service, starts[0], client, seat, now, actor, anyway, note, hold, new_public_id())
    refresh_all([staff.pk], now, seconds=settings.FRESHNESS_DEADLINE_SECONDS)
    with overlaps_refused(), booking_lock(request.concerned([staff]), now):
        return _book_once(request, staff, starts, wish)


def _book_once(request: BookingRequest, staff: User, starts: list[datetime], wish: Wish | None) -> Series:
    """Book it, unless that was done before. Inside the lock."""
    hold, now = request.hold, request.now
    held = _lock_holds(hold)
    if hold and (booked := _booked_from(hold)):
        return booked
    client = client_of_request(request)
    if hold is None and (booked := _submitted_before(request, staff, client, starts)):
        return booked
    series = _new_series(request.service, staff, len(starts), wish, now)
    _book_all(series, staff, request, starts, client, held)
    if hold:
        Hold.objects.filter(pk=hold.pk).update(booked_at=now, typed={})
    return series


def _book_all(
    series: Series,
    staff: User,
    request: BookingRequest,
    starts: list[datetime],
    client: Client,
    held: dict[datetime, Hold],
) -> None:
    """Check and write one after the other, so that each counts for those after it.

    The time of the holds is given back before: what was kept and is not booked is free for the others.
    """
    now, service = request.now, request.service
    unread = now if freshness(staff, now=now, asked=True).pending else None

    def take(start: datetime) -> None:
        one = replace(request, start=start)
        collides = check_open(staff, service.shape, start, now=now, anyway=request.anyway, actor=request.actor)
        booking = Booking(service=service, staff=staff, series=series, note=request.note, calendar_unread_since=unread)
        write_booking(booking, one, client, held.get(start), collides=collides)

    all_or_none(starts, take)


def _new_series(service: Service, staff: User, count: int, wish: Wish | None, now: datetime) -> Series:
    series = Series(service=service, staff=staff, count=count, created_at=now)
    if wish:
        series.frequency = Series.Frequency.of(wish.weeks, wish.days)
        series.weekdays, series.zone = sorted(wish.weekdays), wish.zone.key
        series.earliest, series.latest = wish.earliest, wish.latest
    series.save()
    return series


# --- submitted twice, and from holds ------------------------------------------------------------------------


def _booked_from(hold: Hold) -> Series | None:
    """What was booked from this hold already: a form that is submitted twice makes one series."""
    return Series.objects.filter(bookings__hold__in=Hold.objects.group_of(hold)).first()


def _submitted_before(request: BookingRequest, staff: User, client: Client, starts: list[datetime]) -> Series | None:
    """The series that staff made some minutes ago for the same client, with the same times."""
    recent = Series.objects.filter(created_at__gt=request.now - SUBMITTED_TWICE_WITHIN, count=len(starts))
    mine = recent.filter(
        service=request.service, staff=staff, bookings__start=starts[0], bookings__seats__client=client
    )
    for series in mine:
        if [one.start for one in series.bookings.live()] == starts:
            return series
    return None


def _lock_holds(hold: Hold | None) -> dict[datetime, Hold]:
    """The holds of the series by start, as they stand now. Their time is given back."""
    if hold is None:
        return {}
    held = {one.start: one for one in Hold.objects.group_of(hold).select_for_update()}
    Claim.objects.filter(hold__in=held.values()).delete()
    for one in held.values():
        one.claim = None
    return held

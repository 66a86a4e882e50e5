"""Move an appointment of a series with all that follow. Nothing changes until the client sends the new times."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bookings import actions
from bookings.models import Booking, BookingChange, Seat
from bookings.notifications.mails.appointment import seat_zone
from bookings.openings.series.forms import RhythmForm, rhythm_of
from bookings.openings.series.pattern import Wish
from bookings.openings.series.proposal import propose_series
from bookings.openings.series.rows import Row, Times, chosen_rows, proposed_rows
from bookings.openings.series.words import proposal_sentence
from bookings.public.client import allowed
from bookings.public.client.seat_page import show_seat, with_seat
from bookings.public.open import unless_restored
from bookings.public.page import PublicRequest, asked, kept_query, public_page, to_client_page
from bookings.public.people import people_of, person_among
from bookings.public.problem import QUERY, Problem, problem_of
from bookings.public.series.starts import PERSON, chosen_starts, texts_of_starts
from bookings.public.series.wish import with_wish
from bookings.public.series.words import gone_words
from practice.models import User


@dataclass(frozen=True, slots=True)
class _Move:
    """The appointments that move together, and with whom they may be."""

    bookings: list[Booking]
    people: list[User]
    zone: ZoneInfo

    @property
    def first(self) -> Booking:
        return self.bookings[0]


@require_http_methods(["GET", "HEAD", "POST"])
@public_page
@unless_restored
@with_seat
def all_that_follow(request: PublicRequest, seat: Seat, token: str) -> HttpResponse:
    """What suits; with that in the address what is proposed. A POST moves all, or none."""
    bookings = actions.following(seat.booking)
    if not allowed.can_move_following(bookings, request.now):
        return to_client_page(request, token)
    move = _Move(bookings, _people(bookings), seat_zone(seat, request.practice))
    if request.method == "POST":
        return _move(request, move, token)
    return _show(request, seat, move, token)


def _people(bookings: list[Booking]) -> list[User]:
    """With whom all are, if that is one person who still works here; otherwise whoever offers the service."""
    people = {one.staff for one in bookings}
    same = next(iter(people)) if len(people) == 1 else None
    return [same] if same and same.is_active else people_of(bookings[0].service)


def _move(request: PublicRequest, move: _Move, token: str) -> HttpResponse:
    person, starts = person_among(move.people, asked(request, PERSON)), chosen_starts(request)
    if person is None or len(starts) != len(move.bookings):
        return _again(request, token, Problem.REFUSED)
    try:
        actions.move_following(
            move.first, starts=starts, now=request.now, source=BookingChange.Source.CLIENT, staff=person
        )
    except actions.NotOpen:
        return _again(request, token, Problem.TIME)
    except actions.Refused:
        return _again(request, token, Problem.REFUSED)
    return to_client_page(request, token)


def _again(request: PublicRequest, token: str, problem: Problem) -> HttpResponse:
    """Back to the page, with the times that were chosen."""
    query = kept_query(request, **{QUERY: problem, PERSON: asked(request, PERSON)})
    address = reverse("public:following", args=[token])
    return HttpResponseRedirect(f"{address}{with_wish(request, query, texts_of_starts(request))}", status=303)


def _show(request: PublicRequest, seat: Seat, move: _Move, token: str) -> HttpResponse:
    with timezone.override(move.zone):
        form = _form(request, move)
        context = {
            "form": form,
            "zone": move.zone,
            "dates": [one.start for one in move.bookings],
            "series_url": reverse("public:following", args=[token]),
            "wish_query": with_wish(request, kept_query(request)),
        }
        if form.is_bound and form.is_valid():
            context |= _proposal(request, move, form.wish(len(move.bookings)))
        return show_seat(request, seat, token, "public/client/following.html", **context)


def _form(request: PublicRequest, move: _Move) -> RhythmForm:
    """What suits, filled in with what the address says, and otherwise with what was wished for the series."""
    last = request.now + move.first.service.shape.horizon
    return RhythmForm(
        request.GET if "frequency" in request.GET else None,
        initial=rhythm_of(move.first, move.zone),
        today=_day(request.now, move.zone),
        last_day=_day(last, move.zone),
        zone=move.zone,
    )


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def _proposal(request: PublicRequest, move: _Move, wish: Wish) -> dict[str, Any]:
    """New times for all; those that were chosen, with others for those that have gone, if the address has them."""
    starts, person = chosen_starts(request), person_among(move.people, asked(request, PERSON))
    service = move.first.service
    if person and len(starts) == len(move.bookings):
        times = Times(service, person, move.zone, request.now, moving=move.bookings)
        rows = chosen_rows(times, starts)
        return {"rows": _with_present(move, rows), "person": person, "alert": _alert(request, rows)}
    proposal = propose_series(service, move.people, wish, now=request.now, moving=move.bookings)
    rows = _with_present(move, proposed_rows(proposal)) if proposal.appointments else []
    return {
        "rows": rows,
        "person": proposal.staff,
        "sentence": proposal_sentence(proposal),
        "nothing": not rows,
        "alert": _alert(request, rows),
    }


def _with_present(move: _Move, rows: list[Row]) -> list[Row]:
    """Each row with the present time of its appointment, which can be kept; it is where nothing else was found."""
    missing = [Row(None, ())] * (len(move.bookings) - len(rows))
    return [_row(one, row) for one, row in zip(move.bookings, [*rows, *missing], strict=True)]


def _row(booking: Booking, row: Row) -> Row:
    choices = tuple(sorted({booking.start, *row.choices}))
    return replace(row, present=booking.start, choices=choices, chosen=row.chosen or booking.start)


def _alert(request: PublicRequest, rows: list[Row]) -> str:
    if problem_of(request) is Problem.REFUSED:
        return _("This could not be changed online just now. Please call us.")
    return gone_words(rows) if any(row.gone for row in rows) else ""

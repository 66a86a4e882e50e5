"""The list of bookings, and one booking with its push state and history."""

from __future__ import annotations

from enum import StrEnum

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bookings import actions
from bookings.models import Booking, BookingChange, BookingQuerySet, LinkedEvent, Mail, Seat
from bookings.notifications.client_notice import no_address
from bookings.notifications.mails import new_link
from bookings.pages import search
from bookings.pages.live import live
from bookings.pages.series.others import series_shown
from bookings.pages.week.cards.shown import is_in_dialog, show_card
from bookings.push import outbox
from connections.calendar_page import CalendarRequest, calendar_page
from practice.roles import Action, Reach, allowed, may, reach

PER_PAGE = 30


class Show(StrEnum):
    """Which bookings the list shows."""

    UPCOMING = "upcoming"
    PAST = "past"
    CANCELLED = "cancelled"


@calendar_page(Action.SEE_BOOKINGS)
def listing(request: CalendarRequest) -> HttpResponse:
    show = request.GET.get("show", Show.UPCOMING)
    page = Paginator(_shown(request, show), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "show": show,
        "query": request.GET.get("q", ""),
        "now": request.now,
        "of_all": reach(request.user, Action.SEE_BOOKINGS) is Reach.ALL,
    }
    return live(request, "bookings/bookings/list.html", "bookings/bookings/_list.html", context)


@calendar_page(Action.SEE_BOOKINGS)
def detail(request: CalendarRequest, pk: int) -> HttpResponse:
    booking = get_object_or_404(_visible(request), pk=pk)
    may_decide = may(request.user, Action.DECIDE_PROPOSALS, owner_of=booking.staff_id)
    context = {
        "booking": booking,
        "changes": booking.changes.select_related("actor").prefetch_related("mails__seat__client", "mails__told_by"),
        "proposals": booking.proposals.open().select_related("booking", "covered_day") if may_decide else (),
        "new_link": new_link.latest_new_link(booking.seat),
        "now": request.now,
        "is_over": booking.end <= request.now,
        "series": series_shown(booking, request.user, request.now),
        "reads_notes": may(request.user, Action.READ_NOTES, owner_of=booking.staff_id),
    }
    if is_in_dialog(request):
        return show_card(request, "booking", context, booking.start)
    return live(request, "bookings/bookings/detail.html", "bookings/bookings/_detail.html", context)


@require_POST
@calendar_page(Action.MANAGE_OWN_CALENDAR)
def push_again(request: CalendarRequest, pk: int) -> HttpResponse:
    """Push again to one's own calendar: those of others stay their own."""
    booking = get_object_or_404(Booking, pk=pk, staff=request.user)
    placements = booking.linked_events.filter(removed_at=None)
    pushed = [one for placement in placements for one in outbox.push_again(placement, request.now)]
    if problem := next((one.problem for one in pushed if one.problem), None):
        messages.warning(request, problem.sentence)
    else:
        messages.success(request, _("Kalends is trying again now."))
    return redirect(booking)


@require_POST
@calendar_page(Action.HANDLE_BOOKINGS)
def send_new_link(request: CalendarRequest, pk: int) -> HttpResponse:
    booking = get_object_or_404(_handled(request), pk=pk)
    try:
        mail = actions.send_new_link(booking, now=request.now)
    except actions.Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _new_link_sentence(mail))
    return redirect(booking)


def _new_link_sentence(mail: Mail) -> str:
    """That the link was replaced, and how the client learns the new one."""
    if mail.recipient:
        words = _("The old link no longer works. The new one is e-mailed to %(recipient)s.")
        return words % {"recipient": mail.recipient}
    words = _("The old link no longer works. %(no_address)s. The new link is in the list “To call”.")
    return words % {"no_address": no_address(mail.seat.client)}


@require_POST
@calendar_page(Action.HANDLE_BOOKINGS)
def confirm_address(request: CalendarRequest, pk: int) -> HttpResponse:
    """Staff know that the client wants the appointment, who need not confirm the address any more."""
    booking = get_object_or_404(_handled(request), pk=pk)
    try:
        is_confirmed = actions.confirm_address(booking, now=request.now, actor=request.user)
    except actions.Refused as error:
        messages.error(request, str(error))
    else:
        done = _("The booking is confirmed.")
        messages.success(request, done if is_confirmed else _("The address need not be confirmed any more."))
    return redirect(booking)


@require_POST
@calendar_page(Action.HANDLE_BOOKINGS)
def undo(request: CalendarRequest, pk: int) -> HttpResponse:
    changes = BookingChange.objects.all()
    change = get_object_or_404(allowed(request.user, Action.HANDLE_BOOKINGS, changes, owner="booking__staff"), pk=pk)
    try:
        actions.undo(change, now=request.now, actor=request.user)
    except actions.Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _undone_sentence(change))
    return redirect(change.booking)


@require_POST
@calendar_page(Action.HANDLE_BOOKINGS)
def let_stand(request: CalendarRequest, pk: int) -> HttpResponse:
    """The appointment stands after all, whose client was asked to choose another time."""
    booking = get_object_or_404(_handled(request), pk=pk)
    try:
        actions.let_stand(booking, now=request.now, actor=request.user)
    except actions.Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, _("The appointment stands after all. If the client was asked already, they are told.")
        )
    return redirect(booking)


def _undone_sentence(change: BookingChange) -> str:
    if change.kind == BookingChange.Kind.ASKED:
        return _("Undone. The client is not asked.")
    if change.kind == BookingChange.Kind.STANDS:
        return _("Undone. The client is still asked to choose another time.")
    return _("Undone. The booking is back at its old time.")


@calendar_page(Action.HANDLE_BOOKINGS)
def cancel(request: CalendarRequest, pk: int) -> HttpResponse:
    booking = get_object_or_404(_visible(request), pk=pk)
    is_over = booking.end <= request.now
    if request.method != "POST":
        return render(request, "bookings/bookings/cancel.html", {"booking": booking, "is_over": is_over})
    tell_client = not is_over or "tell_client" in request.POST
    reason = request.POST.get("reason", "")
    actions.cancel(booking, now=request.now, actor=request.user, tell_client=tell_client, reason=reason)
    messages.success(request, _("Cancelled: %(booking)s.") % {"booking": booking})
    return redirect(booking)


@require_POST
@calendar_page(Action.HANDLE_BOOKINGS)
def outcome(request: CalendarRequest, pk: int) -> HttpResponse:
    """Did the client of a past booking come?"""
    booking = get_object_or_404(_handled(request), pk=pk)
    answer = request.POST.get("outcome", "")
    if answer not in (Seat.Outcome.DONE, Seat.Outcome.NO_SHOW):
        return HttpResponseBadRequest()
    try:
        actions.note_outcome(booking, Seat.Outcome(answer), now=request.now, actor=request.user)
    except actions.Refused as error:
        messages.error(request, str(error))
    return redirect(booking)


def _handled(request: CalendarRequest) -> BookingQuerySet:
    return allowed(request.user, Action.HANDLE_BOOKINGS, Booking.objects.with_details(), owner="staff")


def _visible(request: CalendarRequest) -> BookingQuerySet:
    placements = LinkedEvent.objects.select_related("calendar__connection")
    bookings = Booking.objects.with_details().prefetch_related(Prefetch("linked_events", placements))
    return allowed(request.user, Action.SEE_BOOKINGS, bookings, owner="staff")


def _shown(request: CalendarRequest, show: str) -> QuerySet[Booking]:
    """The bookings of one filter that match the search, in the order that suits it."""
    query = request.GET.get("q", "").strip()
    seats = Seat.objects.filter(
        search.contains(query, "client__name", "client__email", "client__phone", "email", "phone")
    )
    matching = Q(pk__in=seats.values("booking")) | search.contains(query, "service__name")
    found = _visible(request).filter(matching) if query else _visible(request)
    if show == Show.CANCELLED:
        return found.filter(status=Booking.Status.CANCELLED).order_by("-start", "-pk")
    if show == Show.PAST:
        return found.live().filter(end__lte=request.now).order_by("-start", "-pk")
    return found.live().filter(end__gt=request.now).order_by("start", "pk")

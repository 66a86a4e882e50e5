"""The page on which an owner sees how far a restored copy is, and decides what becomes of what waits."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bookings import actions
from bookings.models import LinkedEvent
from connections.calendar_page import CalendarRequest, calendar_page
from connections.models import Event
from operations.restored import steps
from operations.restored.forms import BookEventForm, MessagesForm
from operations.restored.later_events import LaterEvent, later_events, set_aside
from operations.restored.messages import decide
from operations.restored.steps import NotReady
from practice.models import Restore
from practice.roles import Action


def while_waiting(
    view: Callable[[CalendarRequest, Restore], HttpResponse],
) -> Callable[[CalendarRequest], HttpResponse]:
    """Give the restore that is not finished to a view. Who presses a button once more afterwards is led to the page.

    404 if nothing was ever restored.
    """

    @wraps(view)
    def wrapped(request: CalendarRequest) -> HttpResponse:
        restore = _latest()
        return redirect("restored:page") if restore.finished_at else view(request, restore)

    return wrapped


@calendar_page(Action.MANAGE_PRACTICE)
def page(request: CalendarRequest) -> HttpResponse:
    """The last restore, also after it was finished: events may still wait to be booked."""
    restore = Restore.objects.order_by("pk").last()
    progress = steps.progress_of(restore) if restore else None
    form = MessagesForm(progress.messages) if progress else None
    return render(request, "restored/page.html", {"restore": restore, "progress": progress, "form": form})


@require_POST
@calendar_page(Action.MANAGE_PRACTICE)
@while_waiting
def choose_messages(request: CalendarRequest, restore: Restore) -> HttpResponse:
    form = MessagesForm(steps.progress_of(restore).messages, request.POST)
    if form.is_valid():
        decide(restore, form.choices(), request.now)
        messages.success(request, _("Noted. What is dropped is gone; the rest is sent when the restore is finished."))
    return redirect("restored:page")


@require_POST
@calendar_page(Action.MANAGE_PRACTICE)
@while_waiting
def go_on_without(request: CalendarRequest, restore: Restore) -> HttpResponse:
    left = steps.go_on_without(restore)
    words = _("Kalends goes on without: %(accounts)s.")
    messages.success(request, words % {"accounts": ", ".join(map(str, left)) or "–"})
    return redirect("restored:page")


@require_POST
@calendar_page(Action.MANAGE_PRACTICE)
@while_waiting
def compare_again(request: CalendarRequest, restore: Restore) -> HttpResponse:
    steps.compare_again(restore)
    messages.success(request, _("Bookings and calendars are compared once more. That takes some minutes."))
    return redirect("restored:page")


@require_POST
@calendar_page(Action.MANAGE_PRACTICE)
@while_waiting
def finish(request: CalendarRequest, restore: Restore) -> HttpResponse:
    try:
        steps.finish(restore, request.now)
    except NotReady as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The restore is finished. Bookings are written to calendars and mails go again."))
    return redirect("restored:page")


@calendar_page(Action.MANAGE_PRACTICE)
def book(request: CalendarRequest, pk: int) -> HttpResponse:
    """Make a booking of an event."""
    later = _later(pk)
    if later is None:
        return redirect("restored:page")
    form = BookEventForm(later, request.POST if request.method == "POST" else None)
    if form.is_valid():
        values = form.cleaned_data
        try:
            booking = actions.book_event(
                values["event"], service=values["service"], client=form.details, now=request.now, actor=request.user
            )
        except actions.Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Booked: %(booking)s. The event stays where it is.") % {"booking": booking})
            return redirect("restored:page")
    return render(request, "restored/book.html", {"later": later, "form": form})


@require_POST
@calendar_page(Action.MANAGE_PRACTICE)
def not_a_booking(request: CalendarRequest, pk: int) -> HttpResponse:
    if (later := _later(pk)) is None:
        return redirect("restored:page")
    set_aside(_latest(), later.uid)
    messages.success(request, _("It is no booking. The event goes on blocking the time."))
    return redirect("restored:page")


def _latest() -> Restore:
    restore = Restore.objects.order_by("pk").last()
    if restore is None:
        raise Http404
    return restore


def _later(pk: int) -> LaterEvent | None:
    """The event that is listed; None if somebody has just decided about it. 404 for all others."""
    restore = _latest()
    found = [one for one in later_events(restore) if one.pk == pk]
    if found:
        return found[0]
    if not _is_decided(restore, pk):
        raise Http404
    return None


def _is_decided(restore: Restore, pk: int) -> bool:
    uid = Event.objects.exclude(own_mark="").filter(pk=pk).values_list("uid", flat=True).first()
    return uid in restore.not_bookings or LinkedEvent.objects.filter(uid=uid).exists()

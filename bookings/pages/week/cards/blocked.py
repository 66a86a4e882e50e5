"""Time that is blocked by hand: block it, change it, make it free again."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from availability.forms import BlockedSlotForm
from availability.models import BlockedSlot
from availability.views import blocked_sentence
from bookings.pages.week.cards.shown import done, show_card
from connections.calendar_page import CalendarRequest, calendar_page
from connections.models import schedule_lock
from practice.roles import Action


@require_POST
@calendar_page(Action.MANAGE_OWN_CALENDAR)
def block(request: CalendarRequest) -> HttpResponse:
    """Block a time of one's own."""
    with schedule_lock(request.user):
        form = _form(request)
        if valid := form.is_valid():
            form.save()
    if valid:
        return done(request, blocked_sentence(request.configuration), form.instance.start)
    return show_card(request, "blocked", {"form": form, "mirrors": request.configuration.mirrors}, request.now)


@calendar_page(Action.MANAGE_OWN_CALENDAR)
def blocked(request: CalendarRequest, pk: int) -> HttpResponse:
    """Show a blocked slot of one's own with the form that changes it."""
    slot = get_object_or_404(BlockedSlot, pk=pk, user=request.user)
    if request.method != "POST":
        initial = {"start": slot.start, "end": slot.end, "note": slot.note}
        form = BlockedSlotForm(request.user, request.zone, request.now, initial=initial)
    else:
        form = _form(request)
        if _replaced(request, slot, form):
            return done(request, _("Saved. The blocked slot has changed."), form.instance.start)
    context = {"slot": slot, "form": form, "mirrors": request.configuration.mirrors}
    return show_card(request, "blocked", context, slot.start)


@require_POST
@calendar_page(Action.MANAGE_OWN_CALENDAR)
def unblock(request: CalendarRequest, pk: int) -> HttpResponse:
    """Make the time of a blocked slot free again."""
    slot = get_object_or_404(BlockedSlot, pk=pk, user=request.user)
    start = slot.start
    slot.delete()
    return done(request, _("Blocked slot removed."), start)


def _form(request: CalendarRequest) -> BlockedSlotForm:
    return BlockedSlotForm(request.user, request.zone, request.now, request.POST)


def _replaced(request: CalendarRequest, slot: BlockedSlot, form: BlockedSlotForm) -> bool:
    """Put what the form says in place of the slot; False if the form is not valid.

    It is a new slot, so that its event on the iPhone, if there is one, is removed and written anew.
    """
    with schedule_lock(request.user):
        BlockedSlot.objects.filter(pk=slot.pk).delete()
        if form.is_valid():
            form.save()
            return True
        transaction.set_rollback(True)
    return False

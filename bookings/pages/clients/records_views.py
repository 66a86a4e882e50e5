"""The owner gives a client what is kept of them, or erases it. Both ask again who it is, as allauth does."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bookings import actions
from bookings.models import Booking, Client
from bookings.records.erase import erase_client
from bookings.records.export import export_client
from bookings.records.unreached import forget_disconnected
from connections.calendar_page import CalendarRequest, calendar_page
from practice.roles import Action


@require_POST
@calendar_page(Action.MANAGE_CLIENT_DATA)
@reauthentication_required(app="practice")  # type: ignore[untyped-decorator]
def export(request: CalendarRequest, pk: int) -> HttpResponse:
    """The ZIP, as a download."""
    client = get_object_or_404(Client, pk=pk)
    try:
        content = export_client(client, now=request.now, actor=request.user)
    except actions.Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("clients:detail", pk=pk)
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="client-{pk}.zip"'
    return response


@calendar_page(Action.MANAGE_CLIENT_DATA)
@reauthentication_required(app="practice")  # type: ignore[untyped-decorator]
def erase(request: CalendarRequest, pk: int) -> HttpResponse:
    """Asked first, with the upcoming bookings that would lose their name; then done."""
    client = get_object_or_404(Client, pk=pk)
    if request.method != "POST":
        upcoming = Booking.objects.live().filter(seats__client=client, end__gt=request.now).with_details()
        return render(request, "bookings/clients/erase.html", {"client": client, "upcoming": upcoming})
    try:
        erase_client(client, now=request.now, actor=request.user)
    except actions.Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The client is erased."))
    return redirect("clients:detail", pk=pk)


@require_POST
@calendar_page(Action.MANAGE_CLIENT_DATA)
def seen_to(request: CalendarRequest, pk: int) -> HttpResponse:
    """The owner has seen to what is out of reach: deleted the events by hand, for example."""
    forget_disconnected(get_object_or_404(Client, pk=pk))
    return redirect("clients:detail", pk=pk)

"""Clients of the staff member: those with a booking."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from bookings.models import Booking, Client
from bookings.pages import search
from bookings.pages.clients.forms import ClientForm
from connections.calendar_page import CalendarRequest, calendar_page
from connections.forms import posted

PER_PAGE = 50


@calendar_page()
def listing(request: CalendarRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()
    found = _own(request).filter(search.contains(query, "name", "email", "phone"))
    page = Paginator(found.order_by("name", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "bookings/clients/list.html", {"page": page, "query": query})


@calendar_page()
def detail(request: CalendarRequest, pk: int) -> HttpResponse:
    client = get_object_or_404(_own(request), pk=pk)
    form = ClientForm(posted(request), instance=client)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("clients:detail", pk=client.pk)
    bookings = Booking.objects.filter(seats__client=client, staff=request.user).with_details()
    page = Paginator(bookings.order_by("-start", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    context = {"client": client, "form": form, "page": page, "now": request.now}
    return render(request, "bookings/clients/detail.html", context)


def _own(request: CalendarRequest) -> QuerySet[Client]:
    """Clients who have booked with the person signed in, with how often and when last."""
    mine = Q(seats__booking__staff=request.user)
    return Client.objects.filter(mine).annotate(
        times=Count("seats", filter=mine, distinct=True), latest=Max("seats__booking__start", filter=mine)
    )

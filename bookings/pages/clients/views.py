"""Clients: all of them or, to staff, those who have booked with them."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from bookings import actions
from bookings.clients import possible_duplicates
from bookings.contacts.phones import searched_digits
from bookings.models import Booking, BookingQuerySet, Client
from bookings.pages import search
from bookings.pages.clients.forms import ClientForm, MergeForm
from connections.calendar_page import CalendarRequest, calendar_page
from practice.forms import posted
from practice.roles import Action, Reach, allowed, may, reach

PER_PAGE = 50


@calendar_page(Action.SEE_CLIENTS)
def listing(request: CalendarRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()
    found = _counted(request).filter(_matches(query))
    page = Paginator(found.order_by("name", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "bookings/clients/list.html", {"page": page, "query": query})


@calendar_page(Action.SEE_CLIENTS)
def detail(request: CalendarRequest, pk: int) -> HttpResponse:
    client = get_object_or_404(_visible(request), pk=pk)
    form = ClientForm(posted(request), instance=client)
    if request.method == "POST" and form.is_valid():
        actions.change_client(form.instance, now=request.now, actor=request.user)
        messages.success(request, _("Saved."))
        return redirect("clients:detail", pk=client.pk)
    page = Paginator(_bookings(request, client).with_details().order_by("-start", "-pk"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "client": client,
        "form": form,
        "page": page,
        "now": request.now,
        "changes": client.changes.select_related("actor"),
        "duplicates": possible_duplicates(client) if may(request.user, Action.MANAGE_CLIENT_DATA) else (),
    }
    return render(request, "bookings/clients/detail.html", context)


@require_POST
@calendar_page(Action.SEE_CLIENTS)
def seen(request: CalendarRequest, pk: int) -> HttpResponse:
    """The person has seen what others changed, up to the change that the page showed last."""
    client = get_object_or_404(_visible(request), pk=pk)
    latest = request.POST.get("latest", "")
    if latest.isdecimal() and len(latest) < 19:
        for change in client.changes.news_for(request.user, request.now).filter(pk__lte=int(latest)):
            change.seen_by.add(request.user)
    booking = request.POST.get("booking", "")
    bookings = _bookings(request, client)
    back = bookings.filter(pk=int(booking)).first() if booking.isdecimal() and len(booking) < 19 else None
    return redirect(back) if back else redirect("clients:detail", pk=client.pk)


@require_POST
@calendar_page(Action.MANAGE_CLIENT_DATA)
def merge(request: CalendarRequest, pk: int) -> HttpResponse:
    client = get_object_or_404(_visible(request), pk=pk)
    form = MergeForm(client, request.POST)
    if form.is_valid():
        _merge(request, client, list(form.cleaned_data["duplicates"]))
    else:
        messages.error(request, " ".join(map(str, form.errors["duplicates"])))
    return redirect("clients:detail", pk=client.pk)


def _merge(request: CalendarRequest, client: Client, duplicates: list[Client]) -> None:
    try:
        done = actions.merge_clients(client, duplicates, now=request.now, actor=request.user)
    except actions.Refused as refusal:
        messages.error(request, str(refusal))
        return
    said = ngettext("Merged. %(count)s booking moved here.", "Merged. %(count)s bookings moved here.", done.bookings)
    messages.success(request, said % {"count": done.bookings})


def _matches(query: str) -> Q:
    """Clients by name, address or number; a number is found however it is written."""
    words = search.contains(query, "name", "email", "phone")
    digits = searched_digits(query)
    return words | Q(phone__contains=digits) if digits else words


def _bookings(request: CalendarRequest, client: Client) -> BookingQuerySet:
    """The client's bookings that the person may see."""
    bookings = Booking.objects.filter(seats__client=client)
    return allowed(request.user, Action.SEE_BOOKINGS, bookings, owner="staff")


def _visible(request: CalendarRequest) -> QuerySet[Client]:
    clients = allowed(request.user, Action.SEE_CLIENTS, Client.objects.all(), owner="seats__booking__staff")
    return clients.distinct()


def _counted(request: CalendarRequest) -> QuerySet[Client]:
    """The clients with how often they have booked and when last: with the person signed in, or with anybody."""
    own = reach(request.user, Action.SEE_BOOKINGS) is Reach.OWN
    counted = Q(seats__booking__staff=request.user) if own else Q()
    clients = Client.objects.filter(counted)
    return clients.annotate(
        times=Count("seats", filter=counted, distinct=True), latest=Max("seats__booking__start", filter=counted)
    )

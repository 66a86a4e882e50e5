"""Clients of the staff member: those with a booking. The owner opens any, because they keep the records."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from bookings import actions
from bookings.clients import possible_duplicates
from bookings.models import Booking, Client
from bookings.pages.clients.allowed import (
    matches,
    may_keep_records,
    visible_bookings,
    visible_clients,
    visible_mails,
)
from bookings.pages.clients.forms import ClientForm, MergeForm
from bookings.records.retention import first_run
from bookings.records.unreached import unreached_sentences, waiting_events
from connections.calendar_page import CalendarRequest, calendar_page
from practice.forms import posted

PER_PAGE = 50


@calendar_page()
def listing(request: CalendarRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()
    found = _own(request).filter(matches(query))
    page = Paginator(found.order_by("name", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    unreached = unreached_sentences() if may_keep_records(request.user) else []
    begins = first_run() if may_keep_records(request.user) else None
    is_ahead = begins is not None and begins > request.now
    context = {"page": page, "query": query, "unreached": unreached, "retention_begins": begins if is_ahead else None}
    return render(request, "bookings/clients/list.html", context)


@calendar_page()
def detail(request: CalendarRequest, pk: int) -> HttpResponse:
    client = get_object_or_404(visible_clients(request.user), pk=pk)
    if client.erased_at:
        return _erased(request, client)
    form = ClientForm(posted(request), instance=client)
    if request.method == "POST" and form.is_valid():
        actions.change_client(form.instance, now=request.now, actor=request.user)
        messages.success(request, _("Saved."))
        return redirect("clients:detail", pk=client.pk)
    keeps_records = may_keep_records(request.user)
    bookings = visible_bookings(client, request.user)
    page = Paginator(bookings.order_by("-start", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "client": client,
        "form": form,
        "page": page,
        "now": request.now,
        "changes": client.changes.select_related("actor"),
        "mails": visible_mails(client, request.user)[:PER_PAGE],
        "keeps_records": keeps_records,
        "duplicates": possible_duplicates(client) if keeps_records else (),
    }
    return render(request, "bookings/clients/detail.html", context)


def _erased(request: CalendarRequest, client: Client) -> HttpResponse:
    """What is left of an erased client, and which events still carry their name."""
    bookings = visible_bookings(client, request.user).order_by("-start", "-pk")
    context = {
        "client": client,
        "page": Paginator(bookings, PER_PAGE).get_page(request.GET.get("page")),
        "waiting": waiting_events(client).count(),
        "unreached": unreached_sentences(client),
        "disconnected": waiting_events(client).filter(calendar=None).exists(),
    }
    return render(request, "bookings/clients/erased.html", context)


@require_POST
@calendar_page()
def seen(request: CalendarRequest, pk: int) -> HttpResponse:
    """The person has seen what others changed, up to the change that the page showed last."""
    client = get_object_or_404(visible_clients(request.user), pk=pk)
    latest = request.POST.get("latest", "")
    if latest.isdecimal() and len(latest) < 19:
        for change in client.changes.news_for(request.user, request.now).filter(pk__lte=int(latest)):
            change.seen_by.add(request.user)
    booking = request.POST.get("booking", "")
    own = Booking.objects.filter(seats__client=client, staff=request.user)
    back = own.filter(pk=int(booking)).first() if booking.isdecimal() and len(booking) < 19 else None
    return redirect(back) if back else redirect("clients:detail", pk=client.pk)


@require_POST
@calendar_page()
def merge(request: CalendarRequest, pk: int) -> HttpResponse:
    if not may_keep_records(request.user):
        raise PermissionDenied
    client = get_object_or_404(visible_clients(request.user), pk=pk)
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


def _own(request: CalendarRequest) -> QuerySet[Client]:
    """Clients who have booked with the person signed in, with how often and when last."""
    mine = Q(seats__booking__staff=request.user)
    return (
        Client.objects.known()
        .filter(mine)
        .annotate(times=Count("seats", filter=mine, distinct=True), latest=Max("seats__booking__start", filter=mine))
    )

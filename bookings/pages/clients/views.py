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
from bookings.models import Client, Service
from bookings.pages.clients.allowed import matches, visible_bookings, visible_clients, visible_mails
from bookings.pages.clients.forms import ClientForm, LinkForm, MergeForm
from bookings.records.retention import coming_retention
from bookings.records.unreached import unreached_sentences, waiting_events
from connections.calendar_page import CalendarRequest, calendar_page
from practice.forms import posted
from practice.roles import Action, Reach, may, reach

PER_PAGE = 50


@calendar_page(Action.SEE_CLIENTS)
def listing(request: CalendarRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()
    found = _counted(request).filter(matches(query))
    page = Paginator(found.order_by("name", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    keeps_records = may(request.user, Action.MANAGE_CLIENT_DATA)
    unreached = unreached_sentences() if keeps_records else []
    retention = coming_retention(request.now) if keeps_records else ""
    context = {"page": page, "query": query, "unreached": unreached, "retention": retention}
    return render(request, "bookings/clients/list.html", context)


@calendar_page(Action.SEE_CLIENTS)
def detail(request: CalendarRequest, pk: int) -> HttpResponse:
    client = get_object_or_404(visible_clients(request.user), pk=pk)
    if client.erased_at:
        return _erased(request, client)
    form = ClientForm(posted(request), instance=client, with_note=may(request.user, Action.READ_NOTES))
    if request.method == "POST" and form.is_valid():
        actions.change_client(form.instance, now=request.now, actor=request.user)
        messages.success(request, _("Saved."))
        return redirect("clients:detail", pk=client.pk)
    keeps_records = may(request.user, Action.MANAGE_CLIENT_DATA)
    bookings = visible_bookings(client, request.user)
    page = Paginator(bookings.order_by("-start", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "client": client,
        "form": form,
        "page": page,
        "now": request.now,
        "changes": client.changes.select_related("actor"),
        "mails": visible_mails(client, request.user)[:PER_PAGE],
        "link_form": LinkForm({"link": request.GET.get("link", "")})
        if Service.objects.for_clients().exists()
        else None,
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
@calendar_page(Action.SEE_CLIENTS)
def seen(request: CalendarRequest, pk: int) -> HttpResponse:
    """The person has seen what others changed, up to the change that the page showed last."""
    client = get_object_or_404(visible_clients(request.user), pk=pk)
    latest = request.POST.get("latest", "")
    if latest.isdecimal() and len(latest) < 19:
        for change in client.changes.news_for(request.user, request.now).filter(pk__lte=int(latest)):
            change.seen_by.add(request.user)
    booking = request.POST.get("booking", "")
    bookings = visible_bookings(client, request.user)
    back = bookings.filter(pk=int(booking)).first() if booking.isdecimal() and len(booking) < 19 else None
    return redirect(back) if back else redirect("clients:detail", pk=client.pk)


@require_POST
@calendar_page(Action.MANAGE_CLIENT_DATA)
def merge(request: CalendarRequest, pk: int) -> HttpResponse:
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


def _counted(request: CalendarRequest) -> QuerySet[Client]:
    """The clients with how often they have booked and when last: with the person signed in, or with anybody."""
    own = reach(request.user, Action.SEE_BOOKINGS) is Reach.OWN
    counted = Q(seats__booking__staff=request.user) if own else Q()
    clients = Client.objects.known().filter(counted)
    return clients.annotate(
        times=Count("seats", filter=counted, distinct=True), latest=Max("seats__booking__start", filter=counted)
    )

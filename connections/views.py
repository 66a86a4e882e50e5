"""The tab Connections. Every connection is fetched through its owner; to anybody else it does not exist."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST

from connections import accounts
from connections.forms import AccountForm, FeedForm, ReconnectForm
from connections.models import Connection
from connections.providers import PROVIDERS
from connections.status.health import health
from connections.status.overview import overview
from connections.sync.queue import sync_soon
from practice.forms import posted
from practice.models import User
from practice.roles import Action
from practice.staff_page import StaffRequest, staff_page

own_page = staff_page(Action.MANAGE_OWN_CALENDAR)


def own(request: StaffRequest) -> QuerySet[Connection]:
    """The connections that the person may see: their own."""
    return Connection.objects.filter(user=request.user)


@own_page
def index(request: StaffRequest) -> HttpResponse:
    connections = own(request).annotate(
        found=Count("calendars", filter=Q(calendars__gone_at=None)),
        blocking=Count("calendars", filter=Q(calendars__is_conflict_calendar=True)),
    )
    rows = [(connection, health(connection, request.now)) for connection in connections]
    return render(request, "connections/list.html", {"rows": rows, "now": request.now})


@own_page
def new(request: StaffRequest) -> HttpResponse:
    own_pages = [one for one in PROVIDERS.values() if one.has_own_page]
    further = [one for one in PROVIDERS.values() if not one.has_own_page]
    return render(request, "connections/new.html", {"providers": own_pages, "further": further})


@sensitive_post_parameters("app_password")
@sensitive_variables("form")
@own_page
def connect(request: StaffRequest, slug: str) -> HttpResponse:
    provider = PROVIDERS.get(slug)
    if provider is None or not provider.is_two_way:
        raise Http404
    form = AccountForm(posted(request), provider=provider)
    if form.is_valid() and (connection := _connect(request.user, form, request.now)):
        messages.success(request, _("%(connection)s is connected.") % {"connection": connection})
        return redirect("configuration:page")
    name = _("the server") if provider.discovers else provider.words.name
    context = {"form": form, "provider": provider, "name": name, "further": own(request).exists()}
    return render(request, "connections/connect.html", context)


@sensitive_variables()
def _connect(user: User, form: AccountForm, now: datetime) -> Connection | None:
    typed, name = form.cleaned_data, form.provider.username_field
    account = {"username": typed[name], "password": typed["app_password"], "url": typed.get("url", "")}
    try:
        return accounts.connect(user, **account, provider=form.provider.slug, now=now)
    except accounts.ConnectFailed as failure:
        form.refuse(failure)
        return None


@sensitive_post_parameters("address")
@sensitive_variables("form")
@own_page
def new_ics(request: StaffRequest) -> HttpResponse:
    form = FeedForm(posted(request))
    if form.is_valid() and (connection := _connect_feed(request.user, form, request.now)):
        messages.success(request, _("The calendar is added. It blocks time from now on."))
        chosen = connection.user.calendar_configuration.saved_at is not None
        return redirect("connections:detail", connection.pk) if chosen else redirect("configuration:page")
    return render(request, "connections/new_ics.html", {"form": form})


@sensitive_variables()
def _connect_feed(user: User, form: FeedForm, now: datetime) -> Connection | None:
    try:
        return accounts.connect_feed(user, address=form.cleaned_data["address"], now=now)
    except accounts.ConnectFailed as failure:
        form.refuse(failure)
        return None


@own_page
def detail(request: StaffRequest, pk: int) -> HttpResponse:
    connection = get_object_or_404(own(request), pk=pk)
    return render(request, "connections/detail.html", _overview(request, connection))


@own_page
def state(request: StaffRequest, pk: int) -> HttpResponse:
    connection = get_object_or_404(own(request), pk=pk)
    return render(request, "connections/_state.html", _overview(request, connection))


def _overview(request: StaffRequest, connection: Connection) -> dict[str, object]:
    asked = request.GET.get("asked", "")
    page = overview(connection, now=request.now, asked=int(asked) if asked.isdecimal() and len(asked) < 12 else 0)
    provider = connection.words.name
    return {"page": page, "connection": connection, "provider": provider, "now": request.now}


@require_POST
@own_page
def sync(request: StaffRequest, pk: int) -> HttpResponse:
    return _ask(request, get_object_or_404(own(request), pk=pk), full=False)


@require_POST
@own_page
def resync(request: StaffRequest, pk: int) -> HttpResponse:
    return _ask(request, get_object_or_404(own(request), pk=pk), full=True)


def _ask(request: StaffRequest, connection: Connection, *, full: bool) -> HttpResponse:
    """Ask for a sync and go back to the page, which says when it is done."""
    asked = int(request.now.timestamp())
    sync_soon(connection.pk, full=full)
    return redirect(f"{reverse('connections:detail', args=[connection.pk])}?asked={asked}")


@sensitive_post_parameters("app_password", "address")
@sensitive_variables("form")
@own_page
def reconnect(request: StaffRequest, pk: int) -> HttpResponse:
    connection = get_object_or_404(own(request), pk=pk)
    form = _reconnect_form(request, connection)
    if form.is_valid() and (report := _reconnect(connection, form, request.now)):
        messages.success(request, reconnected_sentence(report))
        return redirect("connections:detail", pk)
    context = {"form": form, "connection": connection, "provider": connection.at}
    return render(request, "connections/reconnect.html", context)


def _reconnect_form(request: StaffRequest, connection: Connection) -> FeedForm | ReconnectForm:
    if connection.is_feed:
        return FeedForm(posted(request))
    return ReconnectForm(posted(request), provider=connection.at, initial={"url": connection.url})


@sensitive_variables()
def _reconnect(
    connection: Connection, form: FeedForm | ReconnectForm, now: datetime
) -> accounts.ReconnectReport | None:
    typed = form.cleaned_data
    try:
        if connection.is_feed:
            return accounts.reconnect_feed(connection, address=typed["address"], now=now)
        return accounts.reconnect(connection, password=typed["app_password"], url=typed.get("url", ""), now=now)
    except accounts.ConnectFailed as failure:
        form.refuse(failure)
        return None


def reconnected_sentence(report: accounts.ReconnectReport) -> str:
    """What the comparison after reconnecting found."""
    if report.matches:
        return _("Reconnected. Everything matches.")
    return " ".join([_("Reconnected."), *_differences(report)])


def _differences(report: accounts.ReconnectReport) -> Iterator[str]:
    """What was not as it was known, a sentence each."""
    for count, text in (
        (report.added, ngettext("%(count)d event was added.", "%(count)d events were added.", report.added)),
        (report.removed, ngettext("%(count)d event was removed.", "%(count)d events were removed.", report.removed)),
        (report.changed, ngettext("%(count)d event was changed.", "%(count)d events were changed.", report.changed)),
        (
            report.differing,
            ngettext(
                "%(count)d booking is not the same in your calendar yet.",
                "%(count)d bookings are not the same in your calendar yet.",
                report.differing,
            ),
        ),
    ):
        if count:
            yield text % {"count": count}
    if not report.complete:
        yield _("Not everything could be read yet; Kalends goes on by itself.")

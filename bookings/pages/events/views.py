"""The tab Events: everything that was fetched, each with whether it blocks, why, and what would change that."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from bookings.openings.rules.freshness import kept_window
from bookings.pages.events import items
from bookings.pages.events.forms import EventFilter, RuleForm
from bookings.pages.events.paging import event_page
from connections import accounts
from connections.calendar_page import CalendarRequest, calendar_page
from connections.freshness import freshness
from connections.models import Calendar
from practice.roles import Action


@calendar_page(Action.MANAGE_OWN_CALENDAR)
def events(request: CalendarRequest) -> HttpResponse:
    today = request.now.astimezone(request.zone).date()
    form = EventFilter(request.user, {"from": today.isoformat()} | request.GET.dict())
    found = items.occurrences(request.user, form.chosen(), request.zone, today)
    page = event_page(request.user, found, request.GET.get("page", ""))
    context = {
        "page": page,
        "rows": items.rows(request.user, page.occurrences),
        "form": form,
        **_around(request),
    }
    return render(request, "bookings/events/page.html", context)


def _around(request: CalendarRequest) -> dict[str, Any]:
    """What is above the list, whatever the filter."""
    problems, further = items.event_problems(request.user, request.now)
    return {
        "has_calendars": Calendar.objects.of(request.user).conflict_calendars().exists(),
        "problems": problems,
        "further": further,
        "kept": kept_window(request.now),
        "freshness": freshness(request.user, now=request.now),
        "active": "events",
    }


@require_POST
@calendar_page(Action.MANAGE_OWN_CALENDAR)
def rule(request: CalendarRequest, pk: int) -> HttpResponse:
    """Change a rule of a calendar from beside one of its events, and go back there."""
    calendar = get_object_or_404(Calendar.objects.of(request.user).conflict_calendars(), pk=pk)
    if rules := RuleForm(request.POST).rules():
        difference = accounts.change_rules(calendar, rules, request.now)
        messages.success(request, _said(calendar, rules, difference))
    return redirect(_back(request))


def _said(calendar: Calendar, rules: dict[str, Any], difference: int) -> str:
    changed = [_RULES[name, value]() % {"calendar": calendar} for name, value in rules.items()]
    return " ".join([*changed, _effect(difference)])


def _effect(difference: int) -> str:
    count = abs(difference)
    if not count:
        return _("No upcoming event is affected.")
    if difference > 0:
        text = ngettext("%(count)d more upcoming event blocks now.", "%(count)d more upcoming events block now.", count)
    else:
        text = ngettext(
            "%(count)d upcoming event no longer blocks.", "%(count)d upcoming events no longer block.", count
        )
    return text % {"count": count}


_RULES = {
    ("all_day_rule", "always"): lambda: _("All-day events of “%(calendar)s” always block from now on."),
    ("all_day_rule", "never"): lambda: _("All-day events of “%(calendar)s” never block from now on."),
    ("all_day_rule", "as_marked"): lambda: _("All-day events of “%(calendar)s” block only if marked Busy from now on."),
    ("invitations_block", True): lambda: _("Unanswered and tentative invitations of “%(calendar)s” block from now on."),
    ("invitations_block", False): lambda: _(
        "Unanswered and tentative invitations of “%(calendar)s” do not block from now on."
    ),
}


def _back(request: CalendarRequest) -> str:
    """The page that the button stood on, if it is one of ours."""
    asked = request.POST.get("next", "")
    own = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if own else reverse("events:list")

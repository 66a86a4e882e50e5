"""The page Team, and giving somebody another role."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from availability.new_staff import make_bookable
from bookings.actions import leaving
from bookings.models import Booking
from bookings.pages.team.forms import RoleForm
from bookings.pages.team.people import all_invited, all_people, role_words
from connections.calendar_page import CalendarRequest, calendar_page
from practice.forms import posted
from practice.models import User
from practice.roles import Action, Role, may
from practice.team.role_changes import LastOwner, change_role


@calendar_page(Action.MANAGE_TEAM)
def team(request: CalendarRequest) -> HttpResponse:
    """Who works here, who is invited, and who was deactivated."""
    people, invited = all_people(request.now), all_invited(request.now)
    former = [person for person in people if not person.user.is_active]
    waiting = leaving.waiting_for_each([person.user for person in former], request.now)
    context = {
        "people": [person for person in people if person.user.is_active],
        "former": [(person, waiting[person.user.pk].sentences) for person in former],
        "invited": invited,
        "is_alone": len(people) == 1 and not invited,
    }
    return render(request, "bookings/team/page.html", context)


@calendar_page(Action.MANAGE_TEAM)
@reauthentication_required(app="practice")  # type: ignore[untyped-decorator]
def role(request: CalendarRequest, pk: int) -> HttpResponse:
    """Give somebody another role."""
    person = get_object_or_404(User, pk=pk)
    form = RoleForm.of(posted(request), person)
    if request.method != "POST" or not form.is_valid():
        return _role_page(request, person, form)
    try:
        person = _give_role(request, person, form.chosen)
    except LastOwner as refusal:
        form.add_error(None, str(refusal))
        return _role_page(request, person, form)
    words = {"person": person.get_full_name() or person.get_username(), "role": role_words(person)}
    messages.success(request, _("%(person)s: %(role)s from now on.") % words)
    return redirect("team:page" if person != request.user or may(person, Action.MANAGE_TEAM) else "week:page")


@transaction.atomic
def _give_role(request: CalendarRequest, person: User, role: Role) -> User:
    """Change the role. Whoever can be booked has what that needs; nobody books whoever cannot."""
    changed = change_role(person.pk, role, by=request.user, now=request.now)
    if may(changed, Action.MANAGE_OWN_CALENDAR):
        make_bookable(changed)
    else:
        changed.services.clear()
        changed.declined_services.clear()
    return changed


def _role_page(request: CalendarRequest, person: User, form: RoleForm) -> HttpResponse:
    context: dict[str, Any] = {
        "person": person,
        "form": form,
        "services": person.services.all(),
        "upcoming": Booking.objects.live().filter(staff=person, end__gt=request.now).count(),
    }
    return render(request, "bookings/team/role.html", context)

"""Several appointments for one client: what is wished, the dates that are proposed, and for whom.

The wish comes by GET, so that it works without JavaScript; the dates and the client by POST.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import ngettext

from bookings import actions
from bookings.actions.series.book_series import book_series
from bookings.models import Question, Series, Service
from bookings.openings.series.forms import USUAL_COUNT
from bookings.openings.series.proposal import propose_series
from bookings.openings.series.rows import Times
from bookings.openings.series.words import proposal_sentence
from bookings.pages.people import bookable_people, is_key
from bookings.pages.series.dates import bound_dates, proposed_dates, without_gone
from bookings.pages.series.forms import AppointmentFormSet, SeriesClientForm, SeriesWishForm, instants
from bookings.pages.times.beginning import client_initial, former_answers
from connections.calendar_page import CalendarRequest, calendar_page
from connections.freshness import freshness
from practice.models import User
from practice.roles import Action, may


@calendar_page(Action.HANDLE_BOOKINGS)
def new_series(request: CalendarRequest) -> HttpResponse:
    """Propose the dates that are wished for, and book those that are sent."""
    if not bookable_people(request.user):
        return redirect("bookings:new")
    wish = _wish_form(request)
    if request.POST.get("person"):
        return _submitted(request, wish)
    return _proposed(request, wish)  # also for a form without dates: nothing was open


def _wish_form(request: CalendarRequest) -> SeriesWishForm:
    """What is wished; whatever is not said is a series of the usual kind with the person who looks at the page."""
    today = request.now.astimezone(request.zone).date()
    people = bookable_people(request.user)
    data = (request.POST or request.GET).copy()
    if "count" not in data:
        for name, text in _usual_wish(request, data).items():
            data.setdefault(name, text)
    return SeriesWishForm(people, data, today=today, zone=request.zone)


def _usual_wish(request: CalendarRequest, data: QueryDict) -> dict[str, str]:
    today = request.now.astimezone(request.zone).date()
    people = list(bookable_people(request.user))
    usual = {"frequency": Series.Frequency.WEEKLY, "first": (today + timedelta(days=1)).isoformat()}
    asked = data.get("staff", "")
    person = next((one for one in people if str(one.pk) == asked), None)
    person = person or (request.user if request.user in people else people[0])
    service = Service.objects.bookable().filter(staff=person)[0]
    usual |= {"staff": str(person.pk), "service": service.choice}
    return usual | {"count": str(min(USUAL_COUNT, service.max_in_series))}


def _proposed(request: CalendarRequest, wish: SeriesWishForm) -> HttpResponse:
    if not wish.is_valid():
        return _page(request, wish)
    service = wish.cleaned_data["service"]
    proposal = propose_series(service, wish.people, wish.whole_wish, now=request.now)
    if proposal.staff is None:
        return _page(request, wish, sentence=proposal_sentence(proposal))
    initial = client_initial(request) | former_answers(request, service)
    form = SeriesClientForm(_questions(request, service, proposal.staff), request.POST or None, initial=initial)
    dates = proposed_dates(proposal, request.zone)
    return _page(request, wish, proposal.staff, dates, form, sentence=proposal_sentence(proposal))


def _submitted(request: CalendarRequest, wish: SeriesWishForm) -> HttpResponse:
    asked = request.POST.get("person", "")
    person = bookable_people(request.user).filter(pk=int(asked)).first() if is_key(asked) else None
    if person is None:
        raise Http404
    if not wish.is_valid():
        return _page(request, wish)
    dates = bound_dates(request.POST, request.zone)
    form = SeriesClientForm(_questions(request, wish.cleaned_data["service"], person), request.POST)
    if not all([dates.is_valid(), form.is_valid()]):
        return _page(request, wish, person, dates, form)
    starts = instants(request.POST.get("refused", "")) if form.cleaned_data["anyway"] else dates.moments
    try:
        series = _book(request, wish, person, starts, form)
    except actions.Refused as refusal:
        return _refused(request, wish, person, dates, form, refusal)
    messages.success(request, _booked_sentence(series))
    return redirect(series.bookings.order_by("start")[0])


def _book(
    request: CalendarRequest, wish: SeriesWishForm, person: User, starts: list[Any], form: SeriesClientForm
) -> Series:
    data = form.cleaned_data
    return book_series(
        service=wish.cleaned_data["service"],
        staff=person,
        starts=starts,
        client=actions.ClientDetails(data["name"], data["email"], data["phone"]),
        now=request.now,
        actor=request.user,
        seat=actions.SeatDetails(language=data["language"], answers=form.answers, asked=form.asked),
        wish=wish.whole_wish,
        anyway=data["anyway"],
        note=data["note"],
    )


def _booked_sentence(series: Series) -> str:
    words = ngettext("Booked: %(count)s appointment.", "Booked: %(count)s appointments.", series.count)
    return words % {"count": series.count}


def _refused(
    request: CalendarRequest,
    wish: SeriesWishForm,
    person: User,
    dates: AppointmentFormSet,
    form: SeriesClientForm,
    refusal: actions.Refused,
) -> HttpResponse:
    """The page with everything that was typed; in place of the dates that went others are proposed."""
    service, refused = wish.cleaned_data["service"], dates.moments
    gone = refusal.gone if isinstance(refusal, actions.NotOpen) else []
    again = without_gone(dates, Times(service, person, request.zone, request.now), gone)
    return _page(request, wish, person, again, form, refusal=refusal, refused=" ".join(map(_iso, refused)))


def _iso(moment: Any) -> str:
    return str(moment.isoformat())


def _questions(request: CalendarRequest, service: Service, person: User) -> list[Question]:
    """What staff may ask the client: nothing private, unless they may read notes."""
    reads_notes = may(request.user, Action.READ_NOTES, owner_of=person.pk)
    return [one for one in service.questions.all() if reads_notes or not one.private]


def _page(
    request: CalendarRequest,
    wish: SeriesWishForm,
    person: User | None = None,
    dates: AppointmentFormSet | None = None,
    form: SeriesClientForm | None = None,
    **more: Any,
) -> HttpResponse:
    """The page or, for htmx, only the dates. Without `dates` there is nothing that could be booked."""
    service = wish.cleaned_data.get("service")
    context = {
        "wish": wish,
        "service": service,
        "person": person,
        "dates": dates,
        "form": form or SeriesClientForm([], request.POST or None, initial=client_initial(request)),
        "is_own": person == request.user,
        "freshness": freshness(person, now=request.now) if person else None,
        "can_insist": getattr(more.get("refusal"), "can_insist", False),
        **more,
    }
    if not (request.htmx and request.htmx.target == "dates"):
        return render(request, "bookings/series/new.html", context)
    context["swap_questions"] = service and request.GET.get("questions_of") != str(service.pk)
    return render(request, "bookings/series/_dates.html", context)

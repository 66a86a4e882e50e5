"""The dates of a series on the page: as they are proposed, and again after some of them went."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from django.http import QueryDict

from bookings.models import Booking, Service
from bookings.openings.search import nearest_openings
from bookings.openings.series.proposal import SeriesProposal
from bookings.pages.series.forms import PREFIX, AppointmentForms, AppointmentFormSet, appointment_data
from practice.models import User

MOST_OFFERED = 6


def proposed_dates(proposal: SeriesProposal, zone: ZoneInfo) -> AppointmentFormSet:
    """The dates of a proposal, each with others to choose instead."""
    offers = [(one.start, [one.start, *one.alternatives]) for one in proposal.appointments]
    return bound_dates(appointment_data(offers), zone)


def bound_dates(data: QueryDict | dict[str, str], zone: ZoneInfo) -> AppointmentFormSet:
    """The dates that a form sent."""
    return cast(AppointmentFormSet, AppointmentForms(data, prefix=PREFIX, form_kwargs={"zone": zone}))


def without_gone(
    dates: AppointmentFormSet,
    gone: Collection[datetime],
    service: Service,
    person: User,
    *,
    now: datetime,
    moving: Sequence[Booking] = (),
) -> AppointmentFormSet:
    """The same dates; in place of each that is `gone` the nearest open time is chosen and a few others are offered."""
    taken = set(dates.moments) - set(gone)
    offers: list[tuple[datetime | None, Collection[datetime]]] = []
    for one in dates.forms:
        moment = one.cleaned_data.get("moment")
        if moment is None or moment not in gone:
            offers.append((moment, {*one.offers, moment} if moment else one.offers))
            continue
        nearest = nearest_openings(service, [person], moment, now=now, most=MOST_OFFERED + len(dates.forms))
        open_times = [opening.start for opening in nearest if opening.start not in taken][:MOST_OFFERED]
        taken |= {*open_times[:1]}
        offers.append((next(iter(open_times), None), open_times))
    zone = dates.forms[0].zone
    again = bound_dates(appointment_data(offers), zone)
    for form, former in zip(again.forms, dates.forms, strict=True):
        moment = former.cleaned_data.get("moment")
        form.gone = moment if moment in gone else None
    return again

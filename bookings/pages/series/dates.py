"""The dates of a series on the page: as they are proposed, and again after some of them went."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from django.http import QueryDict

from bookings.openings.series.proposal import SeriesProposal
from bookings.openings.series.rows import Row, Times, chosen_rows, proposed_rows
from bookings.pages.series.forms import PREFIX, AppointmentForms, AppointmentFormSet


def proposed_dates(proposal: SeriesProposal, zone: ZoneInfo) -> AppointmentFormSet:
    """The dates of a proposal, each with others to choose instead."""
    return _dates(proposed_rows(proposal), zone)


def bound_dates(data: QueryDict | dict[str, str], zone: ZoneInfo) -> AppointmentFormSet:
    """The dates that a form sent."""
    return cast(AppointmentFormSet, AppointmentForms(data, prefix=PREFIX, form_kwargs={"zone": zone}))


def without_gone(dates: AppointmentFormSet, times: Times, gone: Collection[datetime]) -> AppointmentFormSet:
    """The same dates; in place of each that is `gone` the nearest open time is chosen. What was left out stays so."""
    if not gone:
        return dates
    chosen = sorted((one for one in dates.forms if one.moment), key=lambda one: one.cleaned_data["moment"])
    by_form = dict(zip(chosen, chosen_rows(times, dates.moments, gone), strict=True))
    return _dates([by_form.get(one) or Row(None, tuple(one.offers)) for one in dates.forms], times.zone)


def _dates(rows: Sequence[Row], zone: ZoneInfo) -> AppointmentFormSet:
    """A form for each row, as if it had been sent."""
    data = {f"{PREFIX}-TOTAL_FORMS": str(len(rows)), f"{PREFIX}-INITIAL_FORMS": "0"}
    for number, row in enumerate(rows):
        data[f"{PREFIX}-{number}-start"] = row.chosen.isoformat() if row.chosen else ""
        data[f"{PREFIX}-{number}-offered"] = " ".join(one.isoformat() for one in row.choices)
    dates = bound_dates(data, zone)
    for form, row in zip(dates.forms, rows, strict=True):
        form.gone = row.gone
    return dates

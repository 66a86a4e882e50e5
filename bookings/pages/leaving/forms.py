"""What is to become of the bookings of somebody who leaves, and of the names in their calendar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bookings.actions.leaving import free_colleagues
from bookings.models import Booking
from practice.models import User
from practice.time_format import day_and_clocks

CANCEL, LATER, COLLEAGUE = "cancel", "later", "to-"


@dataclass(frozen=True, slots=True)
class Asked:
    """A booking and the field that asks about it."""

    booking: Booking
    field: BoundField
    has_free_colleague: bool


class BookingsForm(forms.Form):
    """Asks about each booking. Nothing is chosen beforehand."""

    def __init__(self, bookings: Sequence[Booking], now: datetime, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.bookings = bookings
        self.colleagues = free_colleagues(bookings, now)
        for booking in bookings:
            self.fields[_name(booking)] = self._field(booking)

    def _field(self, booking: Booking) -> forms.ChoiceField:
        moves = [
            (f"{COLLEAGUE}{user.pk}", _("Give it to %(colleague)s") % {"colleague": _person(user)})
            for user in self.colleagues[booking.pk]
        ]
        ends = [(CANCEL, _("Cancel it and tell the client")), (LATER, _("Decide later"))]
        return forms.ChoiceField(
            label=f"{day_and_clocks((booking.start, booking.end))} · {booking}",
            choices=[("", _("Choose …")), *moves, *ends],
            error_messages={
                "required": gettext_lazy("Choose what becomes of this booking."),
                "invalid_choice": gettext_lazy("This colleague has just been booked. Choose again."),
            },
        )

    def asked(self) -> Iterator[Asked]:
        """The bookings with their fields, for the page."""
        for booking in self.bookings:
            yield Asked(booking, self[_name(booking)], bool(self.colleagues[booking.pk]))

    def refuse(self, refused: Mapping[int, str]) -> None:
        """Say at each of these bookings why what was chosen could not be done."""
        for booking in self.bookings:
            if booking.pk in refused:
                self.add_error(_name(booking), refused[booking.pk])

    def choices(self) -> dict[int, User | None]:
        """Once valid: by key of the booking the colleague who gets it, None for whom it is cancelled."""
        people = {f"{COLLEAGUE}{user.pk}": user for users in self.colleagues.values() for user in users}
        chosen = {booking.pk: self.cleaned_data[_name(booking)] for booking in self.bookings}
        return {key: people.get(answer) for key, answer in chosen.items() if answer != LATER}


class DeactivationForm(BookingsForm):
    """The same, and whether the names are removed from the events."""

    def __init__(
        self, bookings: Sequence[Booking], events: int, now: datetime, data: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(bookings, now, data)
        if events:
            self.fields["remove_names"] = forms.BooleanField(label=_names_label(events), initial=True, required=False)

    @property
    def keeps_names(self) -> bool:
        return not self.cleaned_data.get("remove_names", True)


def _name(booking: Booking) -> str:
    return f"booking_{booking.pk}"


def _person(user: User) -> str:
    return user.get_full_name() or user.get_username()


def _names_label(count: int) -> str:
    said = ngettext(
        "Remove the name from the %(count)s event that we wrote, even if it is past",
        "Remove names from all %(count)s events we wrote (past ones too)",
        count,
    )
    return said % {"count": count}

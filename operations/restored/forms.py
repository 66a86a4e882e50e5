"""What becomes of the messages of each kind, and who comes to an appointment that was booked after the backup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from bookings.actions import ClientDetails
from bookings.models import Service
from connections.models import Event
from operations.restored.later_events import LaterEvent, proposed_name
from operations.restored.messages import Choice, WaitingKind


class MessagesForm(forms.Form):
    """Asks for each kind of message whether it is sent or dropped. Nothing is chosen beforehand."""

    def __init__(self, kinds: Sequence[WaitingKind], data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        for kind in kinds:
            count = ngettext("%(count)s message", "%(count)s messages", kind.count) % {"count": kind.count}
            self.fields[kind.code] = forms.ChoiceField(
                label=f"{kind.label} · {count}",
                choices=[
                    (Choice.SEND, _("Send when the restore is finished")),
                    (Choice.DROP, _("Drop, because they were sent before")),
                ],
                initial=kind.choice or None,
                required=False,
                widget=forms.RadioSelect,
            )

    def choices(self) -> dict[str, Choice]:
        """Once valid: the kinds about which something was chosen."""
        return {code: Choice(answer) for code, answer in self.cleaned_data.items() if answer}


class BookEventForm(forms.Form):
    """Who comes, for what and with whom. The time is that of the event."""

    name = forms.CharField(label=_("Client"), max_length=200)
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    service = forms.ModelChoiceField(label=_("Service"), queryset=Service.objects.none(), empty_label=None)
    event = forms.ModelChoiceField(label=_("With"), queryset=Event.objects.none(), empty_label=None)

    def __init__(self, later: LaterEvent, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial={"name": proposed_name(later.title), "service": _service_of(later)})
        self.fields["service"].queryset = Service.objects.order_by("name", "pk")  # type: ignore[attr-defined]
        people = self.fields["event"]
        events = Event.objects.filter(pk__in=[one.pk for one in later.events])
        people.queryset = events.select_related("calendar__connection__user")  # type: ignore[attr-defined]
        people.label_from_instance = _person  # type: ignore[attr-defined]

    @property
    def details(self) -> ClientDetails:
        """Once valid: who comes."""
        return ClientDetails(self.cleaned_data["name"], self.cleaned_data["email"], self.cleaned_data["phone"])


def _person(event: Event) -> str:
    user = event.calendar.connection.user
    return user.get_full_name() or user.get_username()


def _service_of(later: LaterEvent) -> int | None:
    """The service that the title names after the client or that lasts as long, if there is one."""
    minutes = int((later.end - later.start).total_seconds()) // 60
    rows = list(Service.objects.order_by("name", "pk"))
    named = [one.pk for one in rows if f" · {one.name}" in later.title]
    return next(iter(named + [one.pk for one in rows if one.minutes == minutes]), None)

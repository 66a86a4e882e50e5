"""What the events page is asked to show, and which rule of a calendar a press on it changes."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from connections.busy import OWN_BOOKING
from connections.models import Calendar, Occurrence
from practice.forms import DateInput
from practice.models import User
from practice.times import DAYS


class _CalendarField(forms.ModelChoiceField[Calendar]):
    def label_from_instance(self, calendar: Calendar) -> str:
        return f"{calendar} · {calendar.connection.username}"


class EventFilter(forms.Form):
    """Which events to show. What cannot be understood is said at its field and filters nothing."""

    q = forms.CharField(label=_("Title contains"), required=False, widget=forms.TextInput({"type": "search"}))
    calendar = _CalendarField(
        Calendar.objects.none(),
        label=_("Calendar"),
        required=False,
        empty_label=_("All"),
        error_messages={"invalid_choice": _("Choose among your own calendars.")},
    )
    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[("", _("All")), ("blocks", _("Blocks")), ("free", _("Does not block"))],
    )
    reason = forms.ChoiceField(
        label=_("Reason"),
        required=False,
        choices=[("", _("All")), *Occurrence.Reason.choices, (OWN_BOOKING, _("Added by Kalends"))],
    )
    until = forms.DateField(label=_("Until"), required=False, widget=DateInput, validators=DAYS)

    field_order = ("q", "calendar", "show", "reason", "from", "until")

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A keyword of the language, so it cannot stand among the other fields.
        self.fields["from"] = forms.DateField(label=_("From"), required=False, widget=DateInput, validators=DAYS)
        self.order_fields(self.field_order)
        own = Calendar.objects.of(user).conflict_calendars().select_related("connection")
        cast("_CalendarField", self.fields["calendar"]).queryset = own

    def chosen(self) -> dict[str, Any]:
        """What was asked for and understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}


class RuleForm(forms.Form):
    """A rule of one calendar, changed from beside an event that it is about."""

    all_day_rule = forms.ChoiceField(choices=Calendar.AllDay.choices, required=False)
    invitations_block = forms.ChoiceField(choices=[("yes", _("yes")), ("no", _("no"))], required=False)

    def rules(self) -> dict[str, Any]:
        """The rules that were sent, as fields of a calendar; none if nothing valid was."""
        if not self.is_valid():
            return {}
        sent = self.cleaned_data
        rules: dict[str, Any] = {"all_day_rule": sent["all_day_rule"]} if sent["all_day_rule"] else {}
        return rules | ({"invitations_block": sent["invitations_block"] == "yes"} if sent["invitations_block"] else {})

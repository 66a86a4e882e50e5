"""Calendar Configuration: which calendar bookings go to, which calendars block, and by which rules."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

from connections.models import Calendar, CalendarConfiguration
from connections.zones import zone_choices


class ConfigurationForm(forms.ModelForm[CalendarConfiguration]):
    """The fields of the configuration, and the choice among the user's calendars."""

    linked_calendar = forms.ModelChoiceField(
        Calendar.objects.none(),
        required=False,
        label=_("Linked calendar"),
        error_messages={"invalid_choice": _("Choose one of your own calendars with writer’s access.")},
    )
    conflict_calendars = forms.ModelMultipleChoiceField(
        Calendar.objects.none(),
        required=False,
        label=_("Conflict calendars"),
        error_messages={"invalid_choice": _("Choose among your own calendars.")},
    )
    time_zone = forms.ChoiceField(
        choices=zone_choices,
        label=_("Time zone"),
        help_text=_("Your hours, all-day events and events without a zone are read in it."),
    )
    add_upcoming = forms.BooleanField(required=False, initial=True)

    class Meta:
        model = CalendarConfiguration
        fields = ("time_zone", "stale_policy", "detail")

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = Calendar.objects.of(user)
        self._choice("conflict_calendars").queryset = mine
        self._choice("linked_calendar").queryset = mine.present().filter(writable=True)

    def _choice(self, name: str) -> forms.ModelChoiceField[Calendar]:
        return cast("forms.ModelChoiceField[Calendar]", self.fields[name])


class RulesForm(forms.ModelForm[Calendar]):
    """By which rules the events of one calendar block."""

    class Meta:
        model = Calendar
        fields = ("all_day_rule", "invitations_block", "times_only")
        help_texts = {"times_only": _("Titles of its events are not stored, here or anywhere in Kalends.")}

"""Calendar Configuration: which calendar bookings go to, which calendars block, and by which rules."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings.push.event_content import has_lone_brace, unknown_placeholders
from connections.models import Calendar, CalendarConfiguration
from practice.forms import DurationField, Unit
from practice.models import CalendarDetail, Practice, User
from practice.zones import zone_choices


class _OwnCalendars(forms.ModelMultipleChoiceField[Calendar]):
    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except OverflowError:  # SQLite has no such numbers
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from None


# A field of these that was not submitted keeps its value.
KEPT_UNLESS_SENT = ("time_zone", "stale_policy", "detail", "when_moved", "when_deleted")


class ConfigurationForm(forms.ModelForm[CalendarConfiguration]):
    """The fields of the configuration, and the choice among the user's calendars."""

    linked_calendar = forms.ModelChoiceField(
        Calendar.objects.none(),
        required=False,
        label=_("Linked calendar"),
        error_messages={"invalid_choice": _("Choose one of your own calendars with writer’s access.")},
    )
    conflict_calendars = _OwnCalendars(
        Calendar.objects.none(),
        required=False,
        label=_("Conflict calendars"),
        error_messages=dict.fromkeys(("invalid_choice", "invalid_pk_value"), _("Choose among your own calendars.")),
    )
    time_zone = forms.ChoiceField(
        choices=zone_choices,
        label=_("Time zone"),
        help_text=_("Your working hours, all-day events and events without a time zone use it."),
    )
    alarm_minutes = DurationField(
        label=_("Alarm"),
        units=(Unit.MINUTES, Unit.HOURS, Unit.DAYS),
        required=False,
        help_text=_("Before the start. Empty: no alarm."),
    )
    add_upcoming = forms.BooleanField(required=False, initial=True)

    class Meta:
        model = CalendarConfiguration
        fields = (
            "time_zone",
            "stale_policy",
            "detail",
            "title_template",
            "alarm_minutes",
            "when_moved",
            "when_deleted",
            "mirror_blocked_slots",
            "shown_to_colleagues",
        )
        help_texts = {
            "title_template": _("For example {client} · {service}. Empty: as chosen above. {staff} is your name."),
            "mirror_blocked_slots": _("Otherwise time that you block here is not shown on your iPhone."),
        }

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in KEPT_UNLESS_SENT:
            self.fields[name].required = False
        self._limit_detail(Practice.current().detail_limit)
        mine = Calendar.objects.of(user)
        self._choice("conflict_calendars").queryset = mine
        self._choice("linked_calendar").queryset = mine.present().filter(writable=True)

    def _limit_detail(self, limit: CalendarDetail) -> None:
        """Offer no more than the practice allows, and say so."""
        field = cast(forms.ChoiceField, self.fields["detail"])
        field.choices = [(one.value, one.label) for one in limit.no_more]
        self.initial["detail"] = CalendarDetail(self.instance.detail).at_most(limit)
        if limit != CalendarDetail.FULL:
            field.help_text = _("The practice allows no more than this.")

    def clean_title_template(self) -> str:
        template = str(self.cleaned_data["title_template"])
        unknown = _("“{%(name)s}” is unknown. Use {client}, {service} or {staff}.")
        errors = [forms.ValidationError(unknown, params={"name": name}) for name in unknown_placeholders(template)]
        if has_lone_brace(template):
            missing = _("A brace is missing. Write {client}, {service} or {staff} with both braces.")
            errors.append(forms.ValidationError(missing))
        if errors:
            raise forms.ValidationError(errors)
        return template

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in KEPT_UNLESS_SENT:
            if not cleaned.get(name) and name not in self.errors:
                cleaned[name] = getattr(self.instance, name)
        return cleaned

    def _choice(self, name: str) -> forms.ModelChoiceField[Calendar]:
        return cast("forms.ModelChoiceField[Calendar]", self.fields[name])


class RulesForm(forms.ModelForm[Calendar]):
    """By which rules the events of one calendar block."""

    class Meta:
        model = Calendar
        fields = ("all_day_rule", "invitations_block", "times_only")
        help_texts = {"times_only": _("Titles of its events are not stored in Kalends.")}

"""Which day to look at, which time was chosen, and for whom."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from availability.wall_clock import exists, instant
from bookings.contacts.fields import AddressField, NameField, PhoneField
from bookings.models import Client, Question, Service
from bookings.models.questions.forms import QuestionsForm
from practice.forms import DateInput, TimeInput
from practice.models import Practice, User, client_languages
from practice.times import DAYS, is_whole_minute, parse_instant


class DayForm(forms.Form):
    """Which day to look at; sent by GET, so that a day can be linked to."""

    date = forms.DateField(label=gettext_lazy("Day"), widget=DateInput, validators=DAYS)


class PersonChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of the people, by name."""

    def label_from_instance(self, person: User) -> str:
        return person.get_full_name() or person.get_username()


class ServiceField(forms.ChoiceField):
    """A service, each of its durations by itself. Its key alone means its usual duration."""

    def offer(self, services: Iterable[Service]) -> None:
        """Say which services can be chosen."""
        usual = list(services)
        each = [service.lasting(minutes) for service in usual for minutes in service.durations]
        self.services = {str(service.pk): service for service in usual} | {one.choice: one for one in each}
        self.choices = [(one.choice, _with_duration(one)) for one in each]

    def valid_value(self, value: str) -> bool:
        return value in self.services

    def clean(self, value: Any) -> Service | None:
        return self.services.get(super().clean(value))


def _with_duration(service: Service) -> str:
    if len(service.durations) < 2:
        return service.name
    return _("%(service)s, %(minutes)s min") % {"service": service, "minutes": service.minutes}


class ServiceDayForm(DayForm):
    """Which service on which day, with one of `people`; they are not asked for where there is but one."""

    staff = PersonChoice(
        User.objects.none(),
        label=gettext_lazy("With"),
        empty_label=None,
        required=False,
        # The services follow the person, so that the whole page is shown anew.
        widget=forms.Select(
            {"hx-get": "", "hx-include": "closest form", "hx-target": "body", "hx-trigger": "change consume"}
        ),
    )
    service = ServiceField(label=gettext_lazy("Service"))

    field_order = ("staff", "service", "date")

    def __init__(self, person: User, people: QuerySet[User], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_services(self, person)
        cast(PersonChoice, self.fields["staff"]).queryset = people
        if len(people) < 2:
            del self.fields["staff"]


class TimeForm(forms.Form):
    """Which time, as an instant in UTC: `cleaned_data["moment"]`.

    It is, in this order: the time that was refused (`refused`) if staff insist on it (`anyway`), the clock time that
    was typed, the opening that was chosen.
    """

    date = forms.DateField(widget=forms.HiddenInput, validators=DAYS)
    opening = forms.CharField(required=False)
    time = forms.TimeField(
        required=False,
        label=gettext_lazy("Another time"),
        widget=TimeInput,
        help_text=gettext_lazy("Any time of that day. You are asked before it is booked over something else."),
    )
    refused = forms.CharField(required=False, widget=forms.HiddenInput)
    anyway = forms.BooleanField(required=False)

    def __init__(self, zone: ZoneInfo, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone

    def clean_opening(self) -> datetime | None:
        return _instant_of(self.cleaned_data["opening"])

    def clean_refused(self) -> datetime | None:
        return _instant_of(self.cleaned_data["refused"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        clock, day = data.get("time"), data.get("date")
        if "time" in self.errors:
            return data
        typed = self._typed(datetime.combine(day, clock)) if clock is not None and day is not None else None
        insisted = data.get("refused") if data.get("anyway") else None
        data["moment"] = insisted or typed or data.get("opening")
        if data["moment"] is None and not self.errors.keys() & {"date", "time", "opening"}:
            self.add_error("time", _("Choose one of the times, or type another."))
        if data["moment"] is not None and not is_whole_minute(data["moment"]):
            self.add_error("time", _("Choose a time without seconds."))
        return data

    def forget_time(self) -> None:
        """After a refusal: leave the choice to the alternatives, and keep the time only for who insists on it."""
        forgotten = {"time": "", "opening": "", "refused": self.cleaned_data["moment"].isoformat()}
        data = cast(QueryDict, self.data).copy()
        for name, text in forgotten.items():
            data[name] = text
        self.data = data

    def _typed(self, wall: datetime) -> datetime | None:
        if exists(wall, self.zone):
            return instant(wall, self.zone)
        self.add_error("time", _("The clocks go forward then: this time does not exist on that day."))
        return None


class ClientFields(forms.Form):
    """For whom a booking is, and a note."""

    name = NameField(
        label=gettext_lazy("Client’s name"),
        max_length=200,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "hx-get": reverse_lazy("clients:suggestions"),
                "hx-trigger": "input changed delay:250ms",
                "hx-target": "#suggestions",
            }
        ),
    )
    email = AddressField(label=gettext_lazy("E-mail"), required=False)
    phone = PhoneField(label=gettext_lazy("Phone"), required=False, max_length=40)
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=client_languages,
        required=False,
        help_text=gettext_lazy("In which the client gets e-mails about this booking."),
    )
    note = forms.CharField(
        label=gettext_lazy("Note, for staff only"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class BookingForm(TimeForm, QuestionsForm, ClientFields):
    """A booking: when, what and for whom, and what the client says when asked.

    The questions are those of the service; private ones only for who `reads_notes`. None must be answered.
    """

    service = ServiceField(widget=forms.HiddenInput)

    def __init__(self, user: User, *args: Any, reads_notes: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_services(self, user)
        self.ask(self._questions(reads_notes=reads_notes), must_answer=False)

    @property
    def chosen_service(self) -> Service | None:
        """The service that was sent, or with which the form begins."""
        asked = self["service"].value()
        return cast(ServiceField, self.fields["service"]).services.get(str(asked))

    def _questions(self, *, reads_notes: bool) -> QuerySet[Question]:
        found = Question.objects.filter(service=self.chosen_service)
        return found if reads_notes else found.filter(private=False)


def bookable_services(user: User) -> QuerySet[Service]:
    """The services that can be booked with the user."""
    return Service.objects.bookable().filter(staff=user)


def asked_service(user: User, asked: str) -> Service:
    """The service that the form calls so; otherwise the first that can be booked with the user."""
    field = ServiceField()
    field.offer(bookable_services(user))
    return field.services.get(asked) or bookable_services(user)[0]


def client_details(client: Client) -> dict[str, str]:
    """A known client's details, as initial values."""
    return {"name": client.name, "email": client.email, "phone": client.phone, "language": client.language}


def usual_language() -> str:
    """In which language clients are written to of whom nothing else is known."""
    return Practice.current().language or settings.LANGUAGE_CODE


def _offer_services(form: forms.Form, user: User) -> None:
    cast(ServiceField, form.fields["service"]).offer(bookable_services(user))


def _instant_of(text: str) -> datetime | None:
    if not text:
        return None
    try:
        return parse_instant(text)
    except ValueError as error:
        raise ValidationError(str(error)) from None

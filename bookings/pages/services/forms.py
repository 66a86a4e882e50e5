"""A service, as staff describe it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.text import get_text_list
from django.utils.translation import gettext_lazy as _

from bookings.limits import MAX_IN_SERIES, farthest_days
from bookings.models import Service
from bookings.models.services.service import MAX_WEIGHT
from bookings.push import placements
from bookings.rooms import check_location
from practice.forms import DurationField, Unit
from practice.models import User
from practice.models.slugs import slug_base, unused_slug

EVENT_FIELDS = {"name", "location", "neutral_title"}  # what the events of bookings show of their service
MAX_SLUG_LENGTH = 46
RESERVED = {"new", "preview"}  # the addresses beside those of the services
MAX_START_INTERVAL = 60
"""Start times are as far apart as a service is long, but not farther than this, in minutes."""
LONG: Final = (Unit.MINUTES, Unit.HOURS, Unit.DAYS)
SHORT: Final = (Unit.MINUTES, Unit.HOURS)
NEW_SERVICE: Final[dict[str, Any]] = {
    "location_kind": "",
    "buffer_before_minutes": 0,
    "buffer_after_minutes": 0,
    "position": 0,
    "reminder_hours": 48,
    "notice_minutes": 24 * 60,
    "cancel_minutes": 24 * 60,
    "reschedule_minutes": 24 * 60,
}
"""What the form of a new service begins with; the rest as the model has it."""
NEW_HORIZON_DAYS = 90


MORE = (
    "other_minutes",
    "approval_hours",
    "slot_minutes",
    "buffer_before_minutes",
    "buffer_after_minutes",
    "horizon_days",
    "max_per_day",
    "max_per_week",
    "reschedule_minutes",
    "reminder_hours",
    "mail_line",
    "position",
    "neutral_title",
    "ask_both",
    "note_allowed",
    "series_allowed",
    "max_in_series",
    "previous_person_first",
)
"""The fields that the page shows under “More”."""


_WEIGHT_ERRORS: Final = {
    "required": _("Enter a number."),
    "invalid": _("Enter a whole number."),
    "min_value": _("Enter at least %(limit_value)s."),
    "max_value": _("Enter at most %(limit_value)s."),
}


class MinutesField(forms.CharField):
    """Some durations, as numbers with commas between them."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        words = (super().to_python(value) or "").replace(",", " ").split()
        if not all(word.isdecimal() and len(word) < 6 for word in words):
            raise ValidationError(_("Enter numbers of minutes, for example 30, 90."))
        return sorted(set(map(int, words)))


class PeopleChoice(forms.ModelMultipleChoiceField[User]):
    """Some of the people, by name."""

    def label_from_instance(self, person: User) -> str:
        return person.get_full_name() or person.get_username()


class ServiceForm(forms.ModelForm[Service]):
    """A service. Its address is made from the name once and then stays, so that links keep working."""

    minutes = DurationField(label=_("Duration"), units=SHORT)
    notice_minutes = DurationField(label=_("Minimum notice"), units=LONG)
    cancel_minutes = DurationField(
        label=_("Clients can cancel online until"),
        units=LONG,
        help_text=_("Before the start. Later they are asked to call."),
    )
    other_minutes = MinutesField(
        label=_("Other lengths"),
        required=False,
        help_text=_("In minutes, with commas between them, for example 30, 90. Clients and staff choose one."),
    )
    slot_minutes = DurationField(
        label=_("Start times every"),
        units=SHORT,
        required=False,
        help_text=_("Counted from the beginning of your working hours. Empty: the duration, at most 60 minutes."),
    )
    buffer_before_minutes = DurationField(label=_("Buffer before"), units=SHORT, required=False)
    buffer_after_minutes = DurationField(
        label=_("Buffer after"),
        units=SHORT,
        required=False,
        help_text=_("Buffers add up: the one after a booking and the one before the next booking are both kept free."),
    )
    horizon_days = DurationField(label=_("Can be booked ahead"), units=(Unit.DAYS, Unit.WEEKS))
    reschedule_minutes = DurationField(
        label=_("Clients can reschedule online until"), units=LONG, help_text=_("Before the start.")
    )
    reminder_hours = DurationField(
        label=_("Remind clients"),
        units=(Unit.HOURS, Unit.DAYS),
        required=False,
        help_text=_("Before the start, by e-mail. Empty: no reminder."),
    )
    approval_hours = DurationField(
        label=_("Approve what clients book within"),
        units=(Unit.HOURS, Unit.DAYS),
        required=False,
        help_text=_(
            "The time is kept until you decide; if nobody decides, the request ends. Empty: bookings need no approval."
        ),
    )
    position = forms.IntegerField(
        label=_("Order on the booking page"),
        required=False,
        min_value=0,
        error_messages={"min_value": _("Enter a number that is not negative.")},
        help_text=_("Services with a smaller number come first."),
    )

    max_in_series = forms.IntegerField(
        label=_("Most appointments of a series"),
        required=False,
        min_value=2,
        max_value=MAX_IN_SERIES,
        error_messages={
            "min_value": _("Enter at least %(limit_value)s."),
            "max_value": _("Enter at most %(limit_value)s."),
        },
        help_text=_("That is how many appointments can be booked at once, by staff too."),
    )

    class Meta:
        model = Service
        fields = (
            "name",
            "description",
            "price",
            "minutes",
            "location_kind",
            "location",
            "notice_minutes",
            "cancel_minutes",
            "visibility",
            *MORE,
        )
        labels = {
            "location_kind": _("Where does it take place?"),
            "location": _("Location or call link"),
            "max_per_day": _("At most a day"),
            "max_per_week": _("At most a week"),
            "mail_line": _("Line for e-mails to clients"),
            "ask_both": _("Clients must give an e-mail address and a phone number"),
            "note_allowed": _("Clients can write a note when they book"),
            "series_allowed": _("Clients can book several appointments at once"),
            "previous_person_first": _("Prefer the person whom the client saw last"),
        }
        help_texts = {
            "description": _("Clients read it before they book."),
            "price": _("As clients read it, for example “80 €” or “free”."),
            "location": _(
                "Empty for a place: the address of the practice. In a call link, {room} becomes a random room for "
                "each booking, for example https://meet.example.org/{room}."
            ),
            "max_per_day": _("Bookings of this service with one person. Empty: no limit."),
            "max_per_week": _("Monday to Sunday. Empty: no limit."),
            "mail_line": _("For example “Bring a towel.”"),
            "ask_both": _("Otherwise one of the two is enough."),
            "neutral_title": _("Shown on the linked calendar instead of the client’s name and the service."),
            "visibility": _("If a service can no longer be booked, its bookings stay."),
            "previous_person_first": _(
                "If that person is free. This applies to bookings that staff make: on the booking page clients choose "
                "a time before they say who they are."
            ),
        }
        error_messages = {
            "name": {"required": _("Enter a name.")},
            "location_kind": {"required": _("Say where it takes place.")},
            "visibility": {"required": _("Say who can book it.")},
        }
        widgets = {
            "description": forms.Textarea(attrs={"rows": 3}),
            "location_kind": forms.RadioSelect,
        }

    people = PeopleChoice(
        User.objects.none(),
        label=_("Who offers it"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Each of them can say that they do not offer it for the time being."),
    )

    def __init__(
        self, *args: Any, others: Sequence[User] = (), assignable: QuerySet[User] | None = None, **kwargs: Any
    ) -> None:
        """`others` also offer the service, so that what is changed must be meant for them too.

        `assignable` are those of whom one says who offers it; None to whoever may not.
        """
        super().__init__(*args, **kwargs)
        self._weight_fields: dict[str, int] = {}
        self._let_assign(assignable)
        if self.instance._state.adding:
            self.initial.update(NEW_SERVICE, horizon_days=min(NEW_HORIZON_DAYS, farthest_days()))
        if others:
            self._ask_for(others)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in ("buffer_before_minutes", "buffer_after_minutes", "position"):
            if name not in self.errors:
                cleaned[name] = cleaned.get(name) or 0
        if cleaned.get("slot_minutes") is None and "slot_minutes" not in self.errors:
            cleaned["slot_minutes"] = min(cleaned.get("minutes") or MAX_START_INTERVAL, MAX_START_INTERVAL)
        if cleaned.get("max_in_series") is None and "max_in_series" not in self.errors:
            cleaned["max_in_series"] = Service._meta.get_field("max_in_series").get_default()
        self._check_location(cleaned)
        return cleaned

    def save(self, commit: bool = True) -> Service:
        if not self.instance.slug:
            self.instance.slug = free_slug(self.instance.name)
        return super().save(commit)

    def save_and_reword(self, now: datetime) -> None:
        """Save, and update the events of upcoming bookings if what they say has changed."""
        with transaction.atomic():
            self.save()
            if EVENT_FIELDS.intersection(self.changed_data):
                placements.reword_service(self.instance, now)

    def assign(self, maker: User) -> None:
        """Assign those who were chosen. Where nobody was asked for, a new service is offered by whoever made it."""
        if "people" in self.fields and "people_asked" in self.data:
            self.instance.assign(self.cleaned_data["people"])
        elif not self.instance.staff.exists():
            self.instance.staff.add(maker)
        weights = {user: self.cleaned_data[name] for name, user in self._weight_fields.items()}
        self.instance.weigh({user: weight for user, weight in weights.items() if weight is not None})

    def _let_assign(self, assignable: QuerySet[User] | None) -> None:
        people = [] if assignable is None else list(assignable)
        if len(people) < 2:  # "First available" has nobody to choose from
            del self.fields["previous_person_first"]
        else:
            self._ask_for_weights(people)
        if assignable is None:
            del self.fields["people"]
            return
        cast(PeopleChoice, self.fields["people"]).queryset = assignable
        if not self.instance._state.adding:
            self.initial["people"] = [*self.instance.staff.all(), *self.instance.declined_by.all()]

    def _ask_for_weights(self, people: Sequence[User]) -> None:
        stored = {} if self.instance._state.adding else self.instance.weights()
        for person in people:
            name = f"weight_{person.pk}"
            self._weight_fields[name] = person.pk
            self.fields[name] = forms.IntegerField(
                label=person.get_full_name() or person.get_username(),
                min_value=1,
                max_value=MAX_WEIGHT,
                initial=stored.get(person.pk, 1),
                required=not self.is_bound or name in self.data,
                error_messages=_WEIGHT_ERRORS,
            )

    @property
    def weights(self) -> list[forms.BoundField]:
        """The fields for the weights of the people."""
        return [self[name] for name in self._weight_fields]

    @property
    def is_more_open(self) -> bool:
        """Is one of the folded fields wrong?"""
        return any(name in self.errors for name in (*MORE, *self._weight_fields))

    def _ask_for(self, others: Sequence[User]) -> None:
        names = get_text_list([other.get_full_name() or other.get_username() for other in others], _("and"))
        self.fields["for_others"] = forms.BooleanField(
            label=_("Change it for %(names)s too") % {"names": names},
            help_text=_("Also offered by %(names)s. It is one service, so it changes for everybody.")
            % {"names": names},
            error_messages={"required": _("Others offer this service too. Say that you mean to change it for them.")},
        )

    def _check_location(self, cleaned: dict[str, Any]) -> None:
        location, is_call = cleaned.get("location", ""), cleaned.get("location_kind") == Service.LocationKind.VIDEO
        if "location" in self.errors or "location_kind" in self.errors:
            return
        if is_call and not location:
            self.add_error("location", _("Enter the link of the call, or say how clients get it."))
        try:
            check_location(location, is_call=is_call)
        except ValidationError as error:
            self.add_error("location", error)


def free_slug(name: str) -> str:
    """An address made of the name that no other service has."""
    base = slug_base(name, max_length=MAX_SLUG_LENGTH) or "service"
    taken = Service.objects.filter(slug__startswith=base).values_list("slug", flat=True)
    return unused_slug(base, {*taken, *RESERVED})

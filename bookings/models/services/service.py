"""What can be booked, how long it takes and with whom."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from availability.slots import Shape
from bookings.limits import (
    at_least_one,
    at_least_two,
    check_durations,
    farthest_days,
    max_appointments,
    max_four_weeks,
    max_horizon,
    max_one_day,
    max_one_week,
    max_one_year,
)
from practice.models import Limited, User
from practice.models.slugs import refuse_reserved_slug

_A_DAY = 24 * 60
MAX_WEIGHT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceShape(Shape):
    """The shape of a service, whose limits count too."""

    service: Service


class ServiceQuerySet(models.QuerySet["Service"]):
    def bookable(self) -> ServiceQuerySet:
        """Those that somebody can book, staff at least."""
        return self.exclude(visibility=Service.Visibility.OFF)

    def for_clients(self) -> ServiceQuerySet:
        """Those that clients can book and somebody offers: the listed ones, and those with a secret address."""
        shown = (Service.Visibility.PUBLIC, Service.Visibility.UNLISTED)
        return self.filter(visibility__in=shown, staff__is_active=True).distinct()

    def listed(self) -> ServiceQuerySet:
        """Those that every client is shown."""
        return self.for_clients().filter(visibility=Service.Visibility.PUBLIC)


class Service(Limited):
    """What can be booked, how long it takes and with whom."""

    class Visibility(models.TextChoices):
        """Who can book it. Staff can unless it is off, for example by telephone."""

        PUBLIC = "public", _("Everybody, on the booking page")
        UNLISTED = "unlisted", _("Whoever has its address")
        STAFF = "staff", _("Only staff, for clients who call")
        OFF = "off", _("Nobody at the moment")

    class LocationKind(models.TextChoices):
        PLACE = "place", _("At a place")
        PHONE = "phone", _("By telephone")
        VIDEO = "video", _("By video call")

    slug = models.SlugField(_("address"), unique=True, validators=[refuse_reserved_slug])
    name = models.CharField(_("name"), max_length=200)
    staff = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="ServiceStaff", related_name="services", verbose_name=_("staff")
    )
    declined_by = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        through="ServiceDeclined",
        related_name="declined_services",
        blank=True,
        verbose_name=_("assigned, but does not offer it now"),
    )
    minutes = models.PositiveIntegerField(_("minutes"), validators=[at_least_one, max_one_week])
    other_minutes = models.JSONField(
        _("other durations in minutes"), default=list, blank=True, validators=[check_durations]
    )
    slot_minutes = models.PositiveIntegerField(
        _("start every … minutes"), default=15, validators=[at_least_one, max_one_day]
    )
    buffer_before_minutes = models.PositiveIntegerField(
        _("minutes kept free before"), default=0, validators=[max_one_day]
    )
    buffer_after_minutes = models.PositiveIntegerField(
        _("minutes kept free after"), default=0, validators=[max_one_day]
    )
    notice_minutes = models.PositiveIntegerField(_("minimum notice in minutes"), default=60, validators=[max_one_year])
    horizon_days = models.PositiveIntegerField(
        _("can be booked days ahead"), default=farthest_days, validators=[at_least_one, max_horizon]
    )
    location_kind = models.CharField(_("where"), max_length=5, choices=LocationKind, default=LocationKind.PLACE)
    location = models.CharField(_("location or call link"), max_length=300, blank=True)
    neutral_title = models.CharField(_("neutral title on the calendar"), max_length=200, blank=True)
    visibility = models.CharField(_("who can book it"), max_length=8, choices=Visibility, default=Visibility.STAFF)
    position = models.PositiveIntegerField(_("order on the booking page"), default=0)
    price = models.CharField(_("price"), max_length=60, blank=True)
    description = models.TextField(_("description"), max_length=2000, blank=True)
    cancel_minutes = models.PositiveIntegerField(
        _("clients can cancel until … minutes before"), default=_A_DAY, validators=[max_one_year]
    )
    reschedule_minutes = models.PositiveIntegerField(
        _("clients can reschedule until … minutes before"), default=_A_DAY, validators=[max_one_year]
    )
    reminder_hours = models.PositiveIntegerField(
        _("clients are reminded … hours before"),
        null=True,
        blank=True,
        default=48,
        validators=[at_least_one, max_four_weeks],
    )
    approval_hours = models.PositiveIntegerField(
        _("staff approve what clients book, within … hours"),
        null=True,
        blank=True,
        validators=[at_least_one, max_four_weeks],
    )
    ask_both = models.BooleanField(_("ask for e-mail and phone"), default=False)
    note_allowed = models.BooleanField(_("clients can write a note"), default=False)
    mail_line = models.CharField(_("line for e-mails"), max_length=300, blank=True)
    series_allowed = models.BooleanField(_("clients can book series"), default=False)
    max_in_series = models.PositiveSmallIntegerField(
        _("most appointments of a series"), default=12, validators=[at_least_two, max_appointments]
    )
    previous_person_first = models.BooleanField(_("a client’s previous person comes first"), default=False)

    objects = ServiceQuerySet.as_manager()

    class Meta:
        ordering = ("position", "name", "id")
        verbose_name = _("service")
        verbose_name_plural = _("services")
        constraints = (
            models.CheckConstraint(condition=Q(minutes__gt=0), name="service_takes_time"),
            models.CheckConstraint(condition=Q(slot_minutes__gt=0), name="service_starts_at_intervals"),
        )

    def __str__(self) -> str:
        return self.name

    @transaction.atomic
    def assign(self, people: Collection[User]) -> None:
        """Say who offers it. Those who have declined to are assigned and still do not offer it."""
        declined = self.declined_by.filter(pk__in=[person.pk for person in people])
        self.declined_by.set(declined)
        self.staff.set([person for person in people if person not in set(declined)])

    @transaction.atomic
    def offer(self, person: User, *, offers: bool) -> None:
        """Somebody who is assigned offers it, or does not for the time being. What is booked stays."""
        weight = self.weights().get(person.pk, 1)
        (self.staff if offers else self.declined_by).add(person, through_defaults={"weight": weight})
        (self.declined_by if offers else self.staff).remove(person)

    def weights(self) -> dict[int, int]:
        """By key of those who are assigned: their weight where “First available” chooses."""
        assignments = (ServiceDeclined, ServiceStaff)
        rows = (model.objects.filter(service=self).values_list("user", "weight") for model in assignments)
        return dict(chain.from_iterable(rows))

    @transaction.atomic
    def weigh(self, weights: Mapping[int, int]) -> None:
        """Set the weights of those who are assigned, given by key."""
        for user, weight in weights.items():
            for model in (ServiceDeclined, ServiceStaff):
                model.objects.filter(service=self, user=user).update(weight=weight)

    def lasting(self, minutes: int) -> Service:
        """The service as it is booked for so many minutes. Not to be saved."""
        if minutes == self.minutes:
            return self
        chosen = copy(self)
        chosen.minutes, chosen.other_minutes = minutes, self.durations
        return chosen

    @property
    def durations(self) -> list[int]:
        """The durations among which one is chosen, in minutes."""
        return sorted({self.minutes, *self.other_minutes})

    @property
    def duration_words(self) -> str:
        """The durations as people read them, without the unit."""
        return get_text_list([str(minutes) for minutes in self.durations], gettext("or"))

    @property
    def choice(self) -> str:
        """What forms of staff call the service with its duration."""
        return f"{self.pk}-{self.minutes}" if len(self.durations) > 1 else str(self.pk)

    @property
    def duration(self) -> timedelta:
        return timedelta(minutes=self.minutes)

    @property
    def can_be_booked(self) -> bool:
        """Can anybody book it, staff at least?"""
        return self.visibility != self.Visibility.OFF

    @property
    def is_for_clients(self) -> bool:
        """Has it a page on which clients can book it?"""
        return self.visibility in (self.Visibility.PUBLIC, self.Visibility.UNLISTED)

    @property
    def is_at_a_place(self) -> bool:
        """Do clients come to a place, so that its clock counts? Otherwise their own does."""
        return self.location_kind == self.LocationKind.PLACE

    @property
    def cancel_window(self) -> timedelta:
        """How long before the start clients can cancel at the latest."""
        return timedelta(minutes=self.cancel_minutes)

    @property
    def reschedule_window(self) -> timedelta:
        """How long before the start clients can reschedule at the latest."""
        return timedelta(minutes=self.reschedule_minutes)

    @property
    def reminder_before(self) -> timedelta | None:
        """How long before the start clients are reminded; None if they are not."""
        return None if self.reminder_hours is None else timedelta(hours=self.reminder_hours)

    @property
    def approve_within(self) -> timedelta | None:
        """How long staff have to approve what a client books; None if it needs no approval."""
        return None if self.approval_hours is None else timedelta(hours=self.approval_hours)

    @property
    def shape(self) -> ServiceShape:
        """What the search for openings needs to know."""
        return ServiceShape(
            service=self,
            duration=self.duration,
            interval=timedelta(minutes=self.slot_minutes),
            buffer_before=timedelta(minutes=self.buffer_before_minutes),
            buffer_after=timedelta(minutes=self.buffer_after_minutes),
            notice=timedelta(minutes=self.notice_minutes),
            horizon=timedelta(days=min(self.horizon_days, settings.BOOKING_HORIZON_DAYS)),
        )


class _Assignment(models.Model):
    """One person assigned to one service: with which weight, and since when they offer it or do not."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="+", verbose_name=_("service"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("staff member"))
    weight = models.PositiveSmallIntegerField(
        _("weight"), default=1, validators=[at_least_one, MaxValueValidator(MAX_WEIGHT)]
    )
    since = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    class Meta:
        abstract = True
        constraints = (
            models.UniqueConstraint(fields=("service", "user"), name="%(class)s_once"),
            models.CheckConstraint(condition=Q(weight__gt=0), name="%(class)s_weighs_something"),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.service}"


class ServiceStaff(_Assignment):
    """Somebody who offers a service."""

    class Meta(_Assignment.Meta):
        verbose_name = _("person who offers the service")
        verbose_name_plural = _("people who offer the service")


class ServiceDeclined(_Assignment):
    """Somebody who is assigned to a service and does not offer it for the time being."""

    class Meta(_Assignment.Meta):
        verbose_name = _("person who does not offer the service now")
        verbose_name_plural = _("people who do not offer the service now")

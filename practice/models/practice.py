"""What the practice says about itself."""

from __future__ import annotations

from email.headerregistry import Address
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from practice.models.choices import client_languages
from practice.models.detail import CalendarDetail, usual_limit
from practice.models.limited import limit_validators
from practice.models.logo import Logo
from practice.models.user import User
from practice.profile.colours import MIN_CONTRAST, contrast, is_colour, readable
from practice.zones import validate_zone

DEFAULT_COLOUR = "#27489b"
MAX_RETENTION_MONTHS = 1200


def validate_colour(colour: str) -> None:
    """Raise ValidationError unless white text on the colour, and a link in it on white, can be read."""
    if not is_colour(colour):
        raise ValidationError(_("Enter a colour like #27489b."))
    if contrast(colour) < MIN_CONTRAST:
        raise ValidationError(
            _(
                "White text on %(colour)s cannot be read well: the contrast is %(contrast).1f, and 4.5 is needed. "
                "Take a darker colour, such as %(darker)s."
            ),
            params={"colour": colour, "contrast": contrast(colour), "darker": readable(colour)},
        )


def validate_phone(phone: str) -> None:
    """Raise ValidationError unless the text has the digits of a phone number and nothing that cannot be dialled."""
    dialled = phone.strip().lstrip("+")
    if sum(one.isdigit() for one in dialled) < 3 or any(not (one.isdigit() or one in " ()-/.") for one in dialled):
        raise ValidationError(_("Enter a phone number like 030 1234567 or +49 30 1234567."))


class Practice(models.Model):
    """The practice of this deployment: exactly one row, which is made when somebody enters it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(_("name"), max_length=120, blank=True)
    country = models.CharField(
        _("country"),
        max_length=2,
        blank=True,
        validators=[RegexValidator(r"\A[A-Z]{2}\Z", _("Enter the two letters of a country, such as DE."))],
        help_text=_("Two letters, such as DE."),
    )
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_zone])
    language = models.CharField(_("language"), max_length=16, choices=client_languages, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True, validators=[validate_phone])
    address = models.TextField(_("postal address"), max_length=500, blank=True)
    sender = models.EmailField(_("sender of e-mails"), blank=True)
    colour = models.CharField(_("colour"), max_length=7, default=DEFAULT_COLOUR, validators=[validate_colour])
    imprint = models.TextField(_("imprint"), max_length=20_000, blank=True)
    privacy_notice = models.TextField(_("privacy notice"), max_length=50_000, blank=True)
    confirm_addresses = models.BooleanField(
        _("clients confirm their e-mail address before a booking counts"), default=False
    )
    under_attack = models.BooleanField(_("forms of clients are under attack"), default=False)
    retention_months = models.PositiveIntegerField(
        _("months for which clients are kept after their last booking"),
        null=True,
        blank=True,
        validators=[
            MinValueValidator(1, _("Enter at least %(limit_value)s.")),
            MaxValueValidator(MAX_RETENTION_MONTHS, _("Enter at most %(limit_value)s.")),
        ],
    )
    retention_announced_at = models.DateTimeField(null=True, blank=True, editable=False)
    second_factor_required = models.BooleanField(
        _("everybody signs in with a second factor"),
        default=False,
        help_text=_("Who has none sets one up after signing in, and can do nothing else until then."),
    )
    calendar_limit = models.CharField(
        _("what may stand in iCloud at most"),
        max_length=8,
        choices=CalendarDetail,
        default=CalendarDetail.FULL,
        blank=True,
        help_text=_(
            "Of clients, in the calendars of staff. Whoever works alone decides for themselves. In Germany, Austria "
            "and Switzerland it starts with initials."
        ),
    )
    limit_in_force = models.CharField(max_length=8, choices=CalendarDetail, default=CalendarDetail.FULL, editable=False)
    """What upcoming events were last written by (practice.profile.limit_in_force)."""
    front_desk_decides = models.BooleanField(_("the front desk decides proposals"), default=True)
    max_upcoming = models.PositiveIntegerField(
        _("upcoming bookings a client may have at most"), null=True, blank=True, validators=limit_validators
    )
    hidden_from_search = models.BooleanField(_("ask search engines not to list the booking pages"), default=False)

    class Meta:
        verbose_name = _("practice")
        verbose_name_plural = _("practice")
        constraints = (models.CheckConstraint(condition=Q(id=1), name="practice_is_one"),)

    def __str__(self) -> str:
        return self.name or str(_("Practice"))

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def sender_address(self) -> str:
        """The address that e-mails come from; empty if none is known."""
        return self.sender or self.email

    @property
    def from_header(self) -> str:
        """The header From of e-mails: the name of the practice and its address, or DEFAULT_FROM_EMAIL without one."""
        if not self.sender_address:
            return str(settings.DEFAULT_FROM_EMAIL)
        user, _at, domain = self.sender_address.rpartition("@")
        return str(Address(" ".join(self.name.split()), user, domain))

    @cached_property
    def logo_url(self) -> str:
        """The path of the logo, which changes with it; empty if there is none."""
        digest = Logo.objects.filter(practice=self.pk).values_list("digest", flat=True).first()
        return Logo.address(digest) if digest else ""

    def move_to(self, country: str) -> None:
        """Set the country. The first one decides what may stand in calendars at most, until an owner decides that."""
        if country and not self.country:
            self.calendar_limit = usual_limit(country)
        self.country = country

    @property
    def months_kept(self) -> int:
        """For how many months clients are kept: as the owner chose, otherwise CLIENT_RETENTION_MONTHS."""
        return self.retention_months or int(settings.CLIENT_RETENTION_MONTHS)

    def keep_clients(self, months: int | None) -> None:
        """Set for how many months clients are kept. For fewer than before, owners are told again before it begins."""
        before = self.months_kept
        self.retention_months = months
        if self.months_kept < before:
            self.retention_announced_at = None

    @property
    def detail_limit(self) -> CalendarDetail:
        """What may stand in calendars at most: everything, if the owner works alone."""
        limit = CalendarDetail(self.calendar_limit or CalendarDetail.FULL)
        if limit is CalendarDetail.FULL:
            return limit
        people = User.objects.filter(is_active=True).exclude(role="", is_superuser=False)
        return CalendarDetail.FULL if people.count() == 1 and User.owners().exists() else limit

    @classmethod
    def current(cls) -> Practice:
        """The practice, with unsaved defaults while nobody has entered it; creates no row."""
        return cls.objects.first() or cls()

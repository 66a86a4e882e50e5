"""Who works here, and what the practice says about itself.

USER: somebody who signs in. Their role decides what they may do (practice.roles); their slug stands in public addresses
instead of the name that they sign in with. PRACTICE: the one practice of this deployment. SIGN-IN FAILURES: wrong
passwords, counted by practice.sign_in.throttle.
"""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from practice.zones import validate_zone

MAX_SLUG_LENGTH = 60
RESERVED_SLUGS = frozenset({"with", "find", "entry", "details", "hold"})
"""Public addresses use these words themselves."""


def languages() -> list[tuple[str, Any]]:
    """The languages that Kalends speaks, as choices."""
    return list(settings.LANGUAGES)


def refuse_reserved_slug(slug: str) -> None:
    """Raise ValidationError if public addresses use the slug for something else."""
    if slug in RESERVED_SLUGS:
        raise ValidationError(
            _("“%(slug)s” has another meaning in addresses. Choose another word."), params={"slug": slug}
        )


class User(AbstractUser):
    """Somebody who signs in. The e-mail address is unique without regard to case, or empty."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        STAFF = "staff", _("Staff")
        FRONT_DESK = "front_desk", _("Front desk")

    class Clock(models.TextChoices):
        LOCALE = "", _("As usual in the language")
        TWELVE_HOURS = "12", _("12 hours, with AM and PM")
        TWENTY_FOUR_HOURS = "24", _("24 hours")

    role = models.CharField(_("role"), max_length=16, choices=Role, default=Role.STAFF)
    language = models.CharField(
        _("language"), max_length=16, choices=languages, blank=True, help_text=_("Empty: the browser’s language.")
    )
    clock = models.CharField(_("clock"), max_length=2, choices=Clock, default=Clock.LOCALE, blank=True)
    slug = models.SlugField(
        _("public name"),
        max_length=MAX_SLUG_LENGTH,
        unique=True,
        blank=True,
        validators=[refuse_reserved_slug],
        help_text=_("Stands in public addresses. Empty: made from the name."),
        error_messages={"unique": _("Somebody else has this public name. Choose another.")},
    )

    class Meta(AbstractUser.Meta):
        constraints = (
            models.UniqueConstraint(
                Lower("email"),
                condition=~Q(email=""),
                name="user_email_once",
                violation_error_message=_("There is already a user with this e-mail address."),
            ),
        )

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.slug = self.slug or self._unused_slug()
        super().save(*args, **kwargs)

    def _unused_slug(self) -> str:
        """A slug made from the name that nobody has, with a number behind it where that is necessary."""
        base = slugify(self.get_full_name()) or slugify(self.username) or self.Role.STAFF.value
        base = base[: MAX_SLUG_LENGTH - 6].strip("-_")
        taken = set(User.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | RESERVED_SLUGS
        number = 1
        while (slug := base if number == 1 else f"{base}-{number}") in taken:
            number += 1
        return slug


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
    language = models.CharField(_("language"), max_length=16, choices=languages, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("practice")
        verbose_name_plural = _("practice")
        constraints = (models.CheckConstraint(condition=Q(id=1), name="practice_is_one"),)

    def __str__(self) -> str:
        return self.name or str(_("Practice"))

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @classmethod
    def current(cls) -> Practice:
        """The practice, with unsaved defaults while nobody has entered it; creates no row."""
        return cls.objects.first() or cls()


class SignInFailures(models.Model):
    """How often a password was wrong lately, for one account, address or device; `key` does not say which."""

    key = models.CharField(max_length=64, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(db_index=True)
    wait_until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.failures}"

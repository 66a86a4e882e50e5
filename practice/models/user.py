"""Somebody who signs in, and the public names that they had."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from practice.models.choices import languages
from practice.models.slugs import refuse_reserved_slug, slug_base, unused_slug

MAX_SLUG_LENGTH = 60


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

    role = models.CharField(
        _("role"),
        max_length=16,
        choices=Role,
        default=Role.STAFF,
        blank=True,
        help_text=_("Empty: none. With “Staff status” such a user looks at the administration, for support."),
    )
    language = models.CharField(
        _("language"), max_length=16, choices=languages, blank=True, help_text=_("Empty: the browser’s language.")
    )
    clock = models.CharField(_("clock"), max_length=2, choices=Clock, default=Clock.LOCALE, blank=True)
    calendar_view = models.CharField(max_length=5, default="", blank=True, editable=False)
    """How the person looked at calendars last (a View of bookings.pages.week.layout); empty until they chose."""
    slug = models.SlugField(
        _("public name"),
        max_length=MAX_SLUG_LENGTH,
        unique=True,
        blank=True,
        validators=[refuse_reserved_slug],
        help_text=_("Stands in public addresses. Empty: made from the name."),
        error_messages={"unique": _("Somebody else has this public name. Choose another.")},
    )

    must_set_up_second_factor = models.BooleanField(default=False, editable=False)
    """Follows from the rows of the practice and of allauth (practice.second_factor.required); each page asks for it."""

    class Meta(AbstractUser.Meta):
        constraints = (
            models.UniqueConstraint(
                Lower("email"),
                condition=~Q(email=""),
                name="user_email_once",
                violation_error_message=_("There is already a user with this e-mail address."),
            ),
        )

    def clean(self) -> None:
        super().clean()
        if FormerSlug.objects.filter(slug=self.slug).exclude(user=self.pk).exists():
            raise ValidationError({"slug": _("Old links with this public name lead to somebody else. Choose another.")})

    @transaction.atomic
    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        self.slug = self.slug or self._unused_slug()
        if update_fields is None or "slug" in update_fields:
            self._remember_slug()
        super().save(*args, update_fields=update_fields, **kwargs)

    @property
    def work_address(self) -> str:
        """Where they are written to about work; empty without an address, and for somebody who was deactivated."""
        return self.email if self.is_active else ""

    @classmethod
    def owners(cls) -> models.QuerySet[User]:
        """Those who own the practice and can sign in; superusers are owners whatever their role."""
        return cls.objects.filter(Q(role=cls.Role.OWNER) | Q(is_superuser=True), is_active=True)

    @classmethod
    def at_slug(cls, slug: str) -> User:
        """The user with this slug, now or formerly; User.DoesNotExist if there is none.

        If the slug of the answer differs, the address is old: redirect to the new one.
        """
        return cls.objects.filter(slug=slug).first() or cls.objects.get(former_slugs__slug=slug)

    def _remember_slug(self) -> None:
        """Keep the slug that the user had until now, so that links with it still lead to them."""
        FormerSlug.objects.filter(slug=self.slug).delete()
        known = User.objects.filter(pk=self.pk).exclude(slug=self.slug).values_list("slug", flat=True)
        for slug in known if self.pk else ():
            FormerSlug.objects.get_or_create(slug=slug, defaults={"user": self})

    def _unused_slug(self) -> str:
        """A slug made from the name that nobody has or had, with a number behind it where that is necessary."""
        base = slug_base(self.get_full_name(), self.username, max_length=MAX_SLUG_LENGTH) or self.Role.STAFF.value
        now = User.objects.exclude(pk=self.pk).filter(slug__startswith=base).values_list("slug", flat=True)
        formerly = FormerSlug.objects.exclude(user=self.pk).filter(slug__startswith=base)
        return unused_slug(base, {*now, *formerly.values_list("slug", flat=True)})


class FormerSlug(models.Model):
    """A slug that a user had: addresses with it lead to the address with the slug that they have now."""

    slug = models.SlugField(max_length=MAX_SLUG_LENGTH, primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="former_slugs")

    class Meta:
        verbose_name = _("former public name")
        verbose_name_plural = _("former public names")

    def __str__(self) -> str:
        return self.slug

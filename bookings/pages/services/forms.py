"""A service, as staff describe it."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from bookings.models import Service
from bookings.push import placements

EVENT_FIELDS = {"name", "location", "neutral_title"}  # what the events of bookings show of their service
RESERVED = {"new"}  # the address of the form itself


class ServiceForm(forms.ModelForm[Service]):
    """A service. Its address is made from the name once and then stays, so that links keep working."""

    class Meta:
        model = Service
        fields = (
            "name",
            "minutes",
            "slot_minutes",
            "buffer_before_minutes",
            "buffer_after_minutes",
            "notice_minutes",
            "horizon_days",
            "location",
            "neutral_title",
            "active",
        )
        labels = {
            "minutes": _("Duration, in minutes"),
            "slot_minutes": _("Start times every … minutes"),
            "buffer_before_minutes": _("Buffer before, in minutes"),
            "buffer_after_minutes": _("Buffer after, in minutes"),
            "notice_minutes": _("Minimum notice, in minutes"),
            "horizon_days": _("Can be booked ahead, in days"),
        }
        help_texts = {
            "slot_minutes": _("Counted from the beginning of your working hours."),
            "neutral_title": _("Shown on the linked calendar instead of the client’s name and the service."),
            "active": _("If a service can no longer be booked, its bookings stay."),
        }

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


def free_slug(name: str) -> str:
    """An address made of the name that no other service has."""
    base = slugify(name)[:40] or "service"
    slug, number = base, 1
    while slug in RESERVED or Service.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{base}-{number}"
    return slug

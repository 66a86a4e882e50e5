"""A service, as staff describe it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.db import transaction
from django.utils.text import get_text_list
from django.utils.translation import gettext_lazy as _

from bookings.models import Service
from bookings.push import placements
from practice.models import User
from practice.slugs import slug_base, unused_slug

EVENT_FIELDS = {"name", "location", "neutral_title"}  # what the events of bookings show of their service
MAX_SLUG_LENGTH = 46
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
            "visibility",
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
            "buffer_after_minutes": _(
                "Buffers add up: the one after a booking and the one before the next booking are both kept free."
            ),
            "slot_minutes": _("Counted from the beginning of your working hours."),
            "neutral_title": _("Shown on the linked calendar instead of the client’s name and the service."),
            "visibility": _("If a service can no longer be booked, its bookings stay."),
        }

    def __init__(self, *args: Any, others: Sequence[User] = (), **kwargs: Any) -> None:
        """`others` also offer the service, so that what is changed must be meant for them too."""
        super().__init__(*args, **kwargs)
        if others:
            names = get_text_list([other.get_full_name() or other.get_username() for other in others], _("and"))
            self.fields["for_others"] = forms.BooleanField(
                label=_("Change it for %(names)s too") % {"names": names},
                help_text=_("Also offered by %(names)s. It is one service, so it changes for everybody.")
                % {"names": names},
                error_messages={
                    "required": _("Others offer this service too. Say that you mean to change it for them.")
                },
            )

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
    base = slug_base(name, max_length=MAX_SLUG_LENGTH) or "service"
    taken = Service.objects.filter(slug__startswith=base).values_list("slug", flat=True)
    return unused_slug(base, {*taken, *RESERVED})

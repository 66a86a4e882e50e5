"""A person who books."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from bookings.contacts import written
from bookings.links import new_public_id
from practice.models.encrypted import EncryptedText


class ClientQuerySet(models.QuerySet["Client"]):
    def known(self) -> ClientQuerySet:
        """Those who were not erased."""
        return self.filter(erased_at=None)


class Client(models.Model):
    """A person who books. Never created from the guests of a calendar's events.

    `phone` is in E.164. The keys are what `bookings.clients` looks for; `save` makes them, so `update` must not write
    a name or an address. Of an erased client only the row is left, for their bookings; `erasure_key` is the random id
    under which `erased.log` knows them, and `scrub_due` says that the database file may still have traces.
    """

    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    note = EncryptedText(_("note, for staff only"), blank=True, default="")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    erasure_key = models.CharField(_("erasure key"), max_length=22, unique=True, default=new_public_id, editable=False)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)
    scrub_due = models.BooleanField(_("scrub due"), default=False, editable=False)
    name_key = models.CharField(_("name key"), max_length=written.MAX_KEY_LENGTH, editable=False)
    email_key = models.CharField(_("email key"), max_length=written.MAX_KEY_LENGTH, blank=True, editable=False)

    objects = ClientQuerySet.as_manager()

    class Meta:
        ordering = ("name", "id")
        verbose_name = _("client")
        verbose_name_plural = _("clients")
        indexes = (
            models.Index(fields=("name_key",), name="client_by_name"),
            models.Index(fields=("email_key",), name="client_by_email"),
            models.Index(fields=("phone",), name="client_by_phone"),
        )

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_key = written.name_key(self.name)
        self.email_key = written.email_key(self.email)
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "name_key", "email_key"}
        super().save(*args, **kwargs)

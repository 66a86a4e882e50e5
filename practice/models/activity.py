"""What was done that an owner may have to account for."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from practice.models.user import User

KEPT = timedelta(days=365)
ADDRESSES_KEPT = timedelta(days=14)


_DETAILS = {
    **dict(User.Role.choices),
    "deactivated": _("deactivated"),
    "icloud": "iCloud",
    "ics": _("Calendar by web address"),
    "fastmail": "Fastmail",
    "mailbox": "mailbox.org",
    "nextcloud": "Nextcloud",
    "caldav": _("CalDAV server"),
    "posteo": "Posteo",
    "gmx": "GMX",
    "webde": "WEB.DE",
    "yahoo": "Yahoo",
    "owncloud": "ownCloud",
    "synology": "Synology Calendar",
    "zoho": "Zoho Calendar",
    "radicale": "Radicale",
    "baikal": "Baïkal",
    "name": _("name"),
    "email": _("e-mail"),
    "phone": _("phone"),
    "language": _("language"),
    "time_zone": _("time zone"),
}
"""The words of ours in `detail`: what somebody became, which provider, or what of a client was changed."""


class ActivityQuerySet(models.QuerySet["Activity"]):
    def prune(self, now: datetime) -> int:
        """Delete what is a year old, and forget addresses after two weeks; how many rows were deleted."""
        self.filter(at__lte=now - ADDRESSES_KEPT).exclude(address=None).update(address=None)
        return self.filter(at__lte=now - KEPT).delete()[0]


class Activity(models.Model):
    """Who did what, when and from where. Of a client it has the number alone, never a name.

    `user` is the person whom it was done to, if any. `detail` is a word of ours, such as a role or a provider.
    """

    class Kind(models.TextChoices):
        SIGNED_IN = "signed_in", _("Signed in")
        INVITED = "invited", _("Invited somebody")
        JOINED = "joined", _("Accepted an invitation")
        ROLE_CHANGED = "role_changed", _("Changed a role")
        DEACTIVATED = "deactivated", _("Deactivated somebody")
        REACTIVATED = "reactivated", _("Reactivated somebody")
        CONNECTED = "connected", _("Connected an account")
        RECONNECTED = "reconnected", _("Reconnected an account")
        DISCONNECTED = "disconnected", _("Disconnected an account")
        CONTACT_CHANGED = "contact_changed", _("Changed the contact data of a client")
        MERGED = "merged", _("Merged clients")
        EXPORTED = "exported", _("Exported a client")
        ERASED = "erased", _("Erased a client")

    at = models.DateTimeField(_("at"), db_index=True)
    kind = models.CharField(_("what"), max_length=20, choices=Kind)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("who")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("with whom")
    )
    client = models.PositiveBigIntegerField(_("number of the client"), null=True, blank=True)
    detail = models.CharField(_("detail"), max_length=60, blank=True)
    address = models.GenericIPAddressField(_("from"), null=True, blank=True)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-id")
        verbose_name = _("activity")
        verbose_name_plural = _("activity")

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def detail_words(self) -> str:
        """The detail as people read it."""
        return ", ".join(str(_DETAILS.get(word, word)) for word in self.detail.split(", "))

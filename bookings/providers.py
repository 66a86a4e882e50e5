"""What to call the calendar providers of a staff member in a sentence."""

from __future__ import annotations

from django.utils.translation import gettext as _

from connections.models import Calendar, Connection
from connections.providers import ICLOUD, PROVIDERS, provider_named, provider_words
from practice.models import User


def provider_names(user: User) -> str:
    """The providers of the user's accounts, such as "iCloud", in the order in which providers are listed.

    Of somebody without any connection the default one. Who has nothing but calendars by web address reads the names of
    these calendars.
    """
    rows = Connection.objects.two_way().filter(user=user).order_by("url").values_list("provider", "url").distinct()
    listed = sorted(rows, key=lambda row: list(PROVIDERS).index(provider_named(row[0]).slug))
    names = dict.fromkeys(str(provider_words(slug, url).name) for slug, url in listed)
    return ", ".join(names) or _published(user) or str(provider_words(ICLOUD).name)


def _published(user: User) -> str:
    """The names of the user's calendars by web address."""
    calendars = Calendar.objects.of(user).present().order_by("connection", "pk")
    return ", ".join(dict.fromkeys(_("“%(calendar)s”") % {"calendar": calendar} for calendar in calendars))

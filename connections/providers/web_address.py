"""Calendars by web address: files that are only read."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from connections.providers.provider import Provider, ProviderWords

WEB_ADDRESS = Provider(
    slug="ics",
    about=_(
        "A calendar that somebody publishes: a club, a school, Google or Outlook. Read-only: it blocks time and "
        "receives no bookings."
    ),
    is_two_way=False,
    has_own_page=True,
    words=ProviderWords(name=_("Calendar by web address"), password=_("web address"), username=_("Web address")),
)

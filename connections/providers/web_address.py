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
    words=ProviderWords(
        name=_("Calendar by web address"),
        password=_("web address"),
        username=_("Web address"),
        sentences={
            "unauthorized": _(
                "The address asks for a password now, which Kalends does not send. Copy the address again from where "
                "the calendar is published, and reconnect."
            ),
            "home_refused": _(
                "The server refuses the address now (%(status)s). Kalends keeps what it knows and tries again. If this "
                "stays, copy the address again from where the calendar is published, and reconnect."
            ),
            "no_home": _(
                "There is nothing at the address any more. Kalends keeps what it knows and tries again. If this stays, "
                "copy the address again from where the calendar is published, and reconnect."
            ),
            "not_caldav": _(
                "The answer was no calendar file, perhaps a sign-in page. Kalends keeps what it knows and tries again."
            ),
            "too_large": _("The calendar file is larger than 32 MB, so it was not read. Publish less of the calendar."),
            "throttled": _("The server of the calendar asks Kalends to wait. It tries again by itself."),
            "unavailable": _("The server of the calendar does not answer just now. Kalends tries again by itself."),
        },
    ),
)

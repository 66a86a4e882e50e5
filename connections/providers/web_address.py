"""Calendars by web address: files that are only read."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from connections.providers.provider import Provider, ProviderWords

_REFUSED = _(
    "The web address is refused: it was withdrawn, or it asks for a password now. Copy the new address where the "
    "calendar is published, and enter it under Reconnect, or untick the calendar."
)
_GONE = _(
    "There is no calendar at the web address any more. Copy the new address where the calendar is published, and enter "
    "it under Reconnect, or untick the calendar."
)

WEB_ADDRESS = Provider(
    slug="ics",
    about=_(
        "A calendar that somebody publishes: a club, a school, Google or Outlook. Read-only: it blocks time and "
        "receives no bookings."
    ),
    is_two_way=False,
    has_own_page=True,
    says_untried=False,
    words=ProviderWords(
        name=_("Calendar by web address"),
        password=_("web address"),
        username=_("Web address"),
        sentences={
            "no_address": _("Enter the web address of the calendar. It begins with webcal:// or https://."),
            "unencrypted": _(
                "The address begins with http://, so others could read the calendar and change it on its way. Nothing "
                "was asked. Enter it with https://; most servers know both."
            ),
            "user_info": _(
                "There is a user name or a password in the address, so nothing was asked. Leave out what stands before "
                "the @."
            ),
            "unauthorized": _REFUSED,
            "forbidden": _REFUSED,
            "no_home": _GONE,
            "calendar_gone": _GONE,
            "not_found": _GONE,
            "password_unreadable": _(
                "The stored web address cannot be read with the FERNET_KEYS of this server. Put the old key back and "
                "sync, or enter the address again under Reconnect."
            ),
            "connecting_refused": _("The server refused it (%(status)s). Check the address."),
            "unavailable": _(
                "The web address does not answer just now. Kalends tries again by itself. If this stays, check the "
                "address, or untick the calendar."
            ),
            "throttled": _("The server of this calendar asks Kalends to wait. It tries again by itself."),
            "home_refused": _(
                "The server does not send the calendar (%(status)s). Kalends tries again by itself. If this stays, "
                "check the address, or untick the calendar."
            ),
            "not_caldav": _(
                "What the web address answers is no calendar. Kalends tries again by itself. If this stays, copy the "
                "address anew where the calendar is published, and enter it under Reconnect."
            ),
            "too_large": _(
                "The file is too large to read, so its last known times stay blocked. Ask whoever publishes it for one "
                "without old events, or untick the calendar."
            ),
            "mass_deletion_suspected": _(
                "The file suddenly had far fewer events (%(removed)s of %(known)s gone). Nothing was removed; it is "
                "read again shortly."
            ),
            "sync_interrupted": _(
                "The last sync was interrupted before it finished. What it had read is kept, and Kalends tries again "
                "by itself. If this stays, untick the calendar."
            ),
            "read_interrupted": _(
                "Kalends was stopped while it read this event. It reads it again later, at most once a day; what is "
                "known of it stays. Only whoever publishes the calendar can change it."
            ),
            "no_times": _(
                "This event has no readable times, so it cannot block anything. Only whoever publishes the calendar "
                "can correct it."
            ),
        },
    ),
)

"""Which page answers where. Each page names its own addresses in its room."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("calendars/", include("bookings.pages.week.urls")),
    path("calendars/away/", include("bookings.pages.away.urls")),
    path("calendars/why/", include("bookings.pages.why.urls")),
    path("calendars/settings/configuration/", include("bookings.pages.configuration.urls")),
    path("calendars/settings/connections/", include("bookings.pages.disconnect.urls")),
    path("calendars/settings/events/", include("bookings.pages.events.urls")),
    path("calendars/settings/closures/", include("bookings.pages.closures.urls")),
    path("calendars/settings/services/", include("bookings.pages.services.urls")),
    path("bookings/calls/", include("bookings.pages.calls.urls")),
    path("bookings/proposals/", include("bookings.pages.proposals.urls")),
    path("bookings/", include("bookings.pages.bookings.urls")),
    path("team/", include("bookings.pages.team.urls")),
    path("reminders/", include("bookings.public.reminders.urls")),
    path("", include("bookings.public.urls")),
    path("clients/", include("bookings.pages.clients.urls")),
    path("team/", include("bookings.pages.leaving.urls")),
]

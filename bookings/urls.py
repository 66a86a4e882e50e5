"""The pages of the week, the settings that bookings take part in, bookings and clients."""

from __future__ import annotations

from django.urls import include, path

from bookings.views import (
    bookings,
    clients,
    configuration,
    disconnect,
    events,
    making,
    moving,
    proposals,
    services,
    tapping,
    week,
    why,
)

_settings = [
    path("configuration/", configuration.configuration, name="configuration"),
    path("configuration/new/<int:pk>/", configuration.new_calendar, name="new_calendar"),
    path("connections/<int:pk>/disconnect/", disconnect.disconnect, name="disconnect"),
    path("events/", events.events, name="events"),
    path("events/rules/<int:pk>/", events.rule, name="calendar_rule"),
    path("services/", services.services, name="services"),
    path("services/new/", services.new, name="service_new"),
    path("services/<slug:slug>/", services.edit, name="service_edit"),
]

_bookings = [
    path("", bookings.listing, name="list"),
    path("new/", making.new, name="new"),
    path("proposals/", proposals.proposals, name="proposals"),
    path("proposals/<int:pk>/", proposals.decide, name="decide"),
    path("proposals/<int:pk>/together/", proposals.decide_together, name="decide_together"),
    path("proposals/mail/<str:token>/", tapping.tap, name="tap"),
    path("<int:pk>/", bookings.detail, name="detail"),
    path("<int:pk>/reschedule/", moving.reschedule, name="reschedule"),
    path("<int:pk>/cancel/", moving.cancel, name="cancel"),
    path("<int:pk>/push/", bookings.push_again, name="push_again"),
    path("changes/<int:pk>/undo/", bookings.undo, name="undo"),
]

_clients = [
    path("", clients.listing, name="list"),
    path("<int:pk>/", clients.detail, name="detail"),
]

urlpatterns = [
    path("calendars/", week.week, name="week"),
    path("calendars/why/", why.why, name="why"),
    path("calendars/settings/", include(_settings)),
    path("bookings/", include((_bookings, "bookings"))),
    path("clients/", include((_clients, "clients"))),
]

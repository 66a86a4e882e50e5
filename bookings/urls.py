"""The pages of the week, the settings that bookings take part in, bookings and clients."""

from __future__ import annotations

from django.urls import include, path

from bookings.pages.bookings import views as bookings_views
from bookings.pages.clients import views as clients_views
from bookings.pages.configuration import views as configuration_views
from bookings.pages.disconnect import views as disconnect_views
from bookings.pages.events import views as events_views
from bookings.pages.proposals import mail_views
from bookings.pages.proposals import views as proposals_views
from bookings.pages.services import views as services_views
from bookings.pages.times import new, reschedule
from bookings.pages.week import views as week_views
from bookings.pages.why import views as why_views

_settings = [
    path("configuration/", configuration_views.configuration, name="configuration"),
    path("configuration/new/<int:pk>/", configuration_views.new_calendar, name="new_calendar"),
    path("connections/<int:pk>/disconnect/", disconnect_views.disconnect, name="disconnect"),
    path("events/", events_views.events, name="events"),
    path("events/rules/<int:pk>/", events_views.rule, name="calendar_rule"),
    path("services/", services_views.services, name="services"),
    path("services/new/", services_views.new, name="service_new"),
    path("services/<slug:slug>/", services_views.edit, name="service_edit"),
]

_bookings = [
    path("", bookings_views.listing, name="list"),
    path("new/", new.new, name="new"),
    path("proposals/", proposals_views.proposals, name="proposals"),
    path("proposals/<int:pk>/", proposals_views.decide, name="decide"),
    path("proposals/<int:pk>/together/", proposals_views.decide_together, name="decide_together"),
    path("proposals/mail/<str:token>/", mail_views.tap, name="tap"),
    path("<int:pk>/", bookings_views.detail, name="detail"),
    path("<int:pk>/reschedule/", reschedule.reschedule, name="reschedule"),
    path("<int:pk>/cancel/", reschedule.cancel, name="cancel"),
    path("<int:pk>/push/", bookings_views.push_again, name="push_again"),
    path("changes/<int:pk>/undo/", bookings_views.undo, name="undo"),
]

_clients = [
    path("", clients_views.listing, name="list"),
    path("<int:pk>/", clients_views.detail, name="detail"),
]

urlpatterns = [
    path("calendars/", week_views.week, name="week"),
    path("calendars/why/", why_views.why, name="why"),
    path("calendars/settings/", include(_settings)),
    path("bookings/", include((_bookings, "bookings"))),
    path("clients/", include((_clients, "clients"))),
]

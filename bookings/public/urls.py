"""Addresses that clients open. They are printed, mailed and linked, so they never change."""

from __future__ import annotations

from django.urls import path

from bookings.public.client import confirm, following, reschedule, slip
from bookings.public.client import views as client
from bookings.public.details import views as details
from bookings.public.find import views as find
from bookings.public.legal import views as legal
from bookings.public.series import views as series
from bookings.public.services import views as services
from bookings.public.times import views as times

app_name = "public"
urlpatterns = [
    path("book/", services.services, name="services"),
    path("book/with/<slug:slug>/", services.services_of, name="person"),
    path("book/<slug:slug>/", times.times, name="times"),
    path("book/<slug:slug>/hold/", times.hold, name="hold"),
    path("book/<slug:slug>/series/", series.series, name="series"),
    path("book/<slug:slug>/details/<str:public_id>/", details.details, name="details"),
    path("book/<slug:slug>/details/<str:public_id>/extend/", details.extend, name="extend"),
    path("book/<slug:slug>/details/<str:public_id>/release/", details.release, name="release"),
    path("booking/find/", find.find, name="find"),
    path("booking/<str:token>/", client.appointment, name="client"),
    path("booking/<str:token>/reschedule/", reschedule.reschedule, name="reschedule"),
    path("booking/<str:token>/following/", following.all_that_follow, name="following"),
    path("booking/<str:token>/slip/", slip.slip, name="slip"),
    path("booking/<str:token>/cancel/", client.cancel, name="cancel"),
    path("booking/<str:token>/confirm/<str:code>/", confirm.confirm, name="confirm"),
    path("booking/<str:token>/calendar.ics", client.calendar, name="calendar"),
    path("imprint/", legal.imprint, name="imprint"),
    path("privacy/", legal.privacy, name="privacy"),
    path("accessibility/", legal.accessibility, name="accessibility"),
]

"""Addresses below /calendars/settings/events/."""

from __future__ import annotations

from django.urls import path

from bookings.pages.events import views

app_name = "events"
urlpatterns = [
    path("", views.events, name="list"),
    path("rules/<int:pk>/", views.rule, name="rule"),
]

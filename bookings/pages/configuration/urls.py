"""Addresses below /calendars/settings/configuration/."""

from __future__ import annotations

from django.urls import path

from bookings.pages.configuration import views

app_name = "configuration"
urlpatterns = [
    path("", views.configuration, name="page"),
    path("preview/", views.preview, name="preview"),
    path("new/<int:pk>/", views.new_calendar, name="new_calendar"),
]

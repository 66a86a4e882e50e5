"""Addresses below /calendars/settings/services/."""

from __future__ import annotations

from django.urls import path

from bookings.pages.services import hours_views, views

app_name = "services"
urlpatterns = [
    path("", views.services, name="list"),
    path("new/", views.new, name="new"),
    path("preview/", views.preview, name="preview"),
    path("<slug:slug>/", views.edit, name="edit"),
    path("<slug:slug>/offer/", views.offer, name="offer"),
    path("<slug:slug>/hours/", hours_views.hours, name="hours"),
]

"""The address that notes that somebody is away: /calendars/away/."""

from __future__ import annotations

from django.urls import path

from bookings.pages.away import views

app_name = "away"
urlpatterns = [
    path("", views.away, name="note"),
]

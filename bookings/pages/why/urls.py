"""The address that explains a time: /calendars/why/."""

from __future__ import annotations

from django.urls import path

from bookings.pages.why import views

app_name = "why"
urlpatterns = [
    path("", views.why, name="page"),
]

"""Addresses below /bookings/calls/."""

from __future__ import annotations

from django.urls import path

from bookings.pages.calls import views

app_name = "calls"
urlpatterns = [
    path("", views.listing, name="list"),
    path("<int:pk>/done/", views.done, name="done"),
]

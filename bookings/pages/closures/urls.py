"""Addresses below /calendars/settings/closures/."""

from __future__ import annotations

from django.urls import path

from bookings.pages.closures import views

app_name = "closures"
urlpatterns = [
    path("", views.closures, name="list"),
    path("holidays/", views.close_on_holidays, name="holidays"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/remove/", views.remove, name="remove"),
]

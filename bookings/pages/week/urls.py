"""The address of the week: /calendars/."""

from __future__ import annotations

from django.urls import path

from bookings.pages.week import views

app_name = "week"
urlpatterns = [
    path("", views.week, name="page"),
]

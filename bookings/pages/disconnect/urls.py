"""Disconnecting a connection. The path is among those of connections, but the page needs to know bookings."""

from __future__ import annotations

from django.urls import path

from bookings.pages.disconnect import views

app_name = "disconnect"
urlpatterns = [
    path("<int:pk>/disconnect/", views.disconnect, name="page"),
]

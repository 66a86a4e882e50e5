"""Disconnecting one connection: the address lies below the pages of connections, but its bookings are concerned too."""

from __future__ import annotations

from django.urls import path

from bookings.pages.disconnect import views

app_name = "disconnect"
urlpatterns = [
    path("<int:pk>/disconnect/", views.disconnect, name="page"),
]

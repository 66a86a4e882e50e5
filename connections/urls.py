"""Addresses below /calendars/settings/connections/. Disconnecting concerns bookings too and is theirs."""

from __future__ import annotations

from django.urls import path

from connections import views

app_name = "connections"
urlpatterns = [
    path("", views.index, name="list"),
    path("new/", views.new, name="new"),
    path("new/icloud/", views.connect, {"slug": "icloud"}, name="new_icloud"),
    path("new/ics/", views.new_ics, name="new_ics"),
    path("new/<slug:slug>/", views.connect, name="connect"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/state/", views.state, name="state"),
    path("<int:pk>/sync/", views.sync, name="sync"),
    path("<int:pk>/resync/", views.resync, name="resync"),
    path("<int:pk>/reconnect/", views.reconnect, name="reconnect"),
]

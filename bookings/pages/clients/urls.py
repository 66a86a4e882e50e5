"""Addresses below /clients/."""

from __future__ import annotations

from django.urls import path

from bookings.pages.clients import records_views, suggestions, views
from bookings.pages.series import slip_views

app_name = "clients"
urlpatterns = [
    path("", views.listing, name="list"),
    path("suggestions/", suggestions.suggestions, name="suggestions"),
    path("find/", suggestions.found_clients, name="find"),
    path("<int:pk>/fields/", suggestions.fields, name="fields"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/slip/", slip_views.client_slip, name="slip"),
    path("<int:pk>/export/", records_views.export, name="export"),
    path("<int:pk>/erase/", records_views.erase, name="erase"),
    path("<int:pk>/seen-to/", records_views.seen_to, name="seen_to"),
    path("<int:pk>/seen/", views.seen, name="seen"),
    path("<int:pk>/merge/", views.merge, name="merge"),
]

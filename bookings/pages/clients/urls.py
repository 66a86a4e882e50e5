"""Addresses below /clients/."""

from __future__ import annotations

from django.urls import path

from bookings.pages.clients import suggestions, views

app_name = "clients"
urlpatterns = [
    path("", views.listing, name="list"),
    path("suggestions/", suggestions.suggestions, name="suggestions"),
    path("<int:pk>/fields/", suggestions.fields, name="fields"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/seen/", views.seen, name="seen"),
    path("<int:pk>/merge/", views.merge, name="merge"),
]

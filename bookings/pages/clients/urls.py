"""Addresses below /clients/."""

from __future__ import annotations

from django.urls import path

from bookings.pages.clients import views

app_name = "clients"
urlpatterns = [
    path("", views.listing, name="list"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/seen/", views.seen, name="seen"),
    path("<int:pk>/merge/", views.merge, name="merge"),
]

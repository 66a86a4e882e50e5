"""Deactivating and reactivating somebody."""

from __future__ import annotations

from django.urls import path

from bookings.pages.leaving import views

app_name = "leaving"
urlpatterns = [
    path("<int:pk>/deactivate/", views.deactivation, name="deactivate"),
    path("<int:pk>/reactivate/", views.reactivation, name="reactivate"),
]

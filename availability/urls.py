from __future__ import annotations

from django.urls import path

from availability import views

app_name = "availability"
urlpatterns = [
    path("", views.page, name="page"),
    path("hours/", views.hours, name="hours"),
    path("limits/", views.limits, name="limits"),
    path("overrides/add/", views.add_override, name="add_override"),
    path("overrides/<int:pk>/remove/", views.remove_override, name="remove_override"),
    path("blocked/add/", views.add_blocked_slot, name="add_blocked_slot"),
    path("blocked/<int:pk>/remove/", views.remove_blocked_slot, name="remove_blocked_slot"),
]

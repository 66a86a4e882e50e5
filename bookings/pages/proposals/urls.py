"""Addresses below /bookings/proposals/."""

from __future__ import annotations

from django.urls import path

from bookings.pages.proposals import day_views, mail_views, views

app_name = "proposals"
urlpatterns = [
    path("", views.proposals, name="list"),
    path("<int:pk>/", views.decide, name="decide"),
    path("<int:pk>/together/", views.decide_together, name="decide_together"),
    path("day/<int:pk>/", day_views.day, name="day"),
    path("day/<int:pk>/decide/", day_views.decide_day, name="decide_day"),
    path("mail/<str:token>/", mail_views.from_mail, name="from_mail"),
]

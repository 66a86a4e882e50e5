"""The addresses below /reminders/, which stand in mails and so never change."""

from __future__ import annotations

from django.urls import path

from bookings.public.reminders import views

app_name = "reminders"
urlpatterns = [path("stop/<str:token>/", views.stop, name="stop")]

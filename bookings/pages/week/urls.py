"""The addresses of the calendar: /calendars/, and the cards of what is in it."""

from __future__ import annotations

from django.urls import path

from bookings.pages.week import views
from bookings.pages.week.cards import blocked, events, hours, moves

app_name = "week"
urlpatterns = [
    path("", views.week, name="page"),
    path("hour/", hours.hour, name="hour"),
    path("event/", events.event, name="event"),
    path("block/", blocked.block, name="block"),
    path("blocked/<int:pk>/", blocked.blocked, name="blocked"),
    path("blocked/<int:pk>/remove/", blocked.unblock, name="unblock"),
    path("move/<int:pk>/", moves.move_booking, name="move"),
]

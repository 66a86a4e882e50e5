"""Addresses below /restored/."""

from __future__ import annotations

from django.urls import path

from operations.restored import views

app_name = "restored"
urlpatterns = [
    path("", views.page, name="page"),
    path("messages/", views.choose_messages, name="messages"),
    path("without/", views.go_on_without, name="without"),
    path("again/", views.compare_again, name="again"),
    path("finish/", views.finish, name="finish"),
    path("events/<int:pk>/not-a-booking/", views.not_a_booking, name="not_a_booking"),
    path("events/<int:pk>/", views.book, name="book"),
]

"""Addresses below /bookings/, those of proposals excepted."""

from __future__ import annotations

from django.urls import path

from bookings.pages.bookings import mail_views, views
from bookings.pages.series import following_views
from bookings.pages.series import views as series_views
from bookings.pages.times import views as time_views

app_name = "bookings"
urlpatterns = [
    path("", views.listing, name="list"),
    path("new/", time_views.new, name="new"),
    path("new/series/", series_views.new_series, name="new_series"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/reschedule/", time_views.reschedule, name="reschedule"),
    path("<int:pk>/following/", following_views.move_series, name="move_series"),
    path("<int:pk>/cancel/", views.cancel, name="cancel"),
    path("<int:pk>/confirm-address/", views.confirm_address, name="confirm_address"),
    path("<int:pk>/new-link/", views.send_new_link, name="send_new_link"),
    path("<int:pk>/outcome/", views.outcome, name="outcome"),
    path("<int:pk>/stand/", views.let_stand, name="let_stand"),
    path("<int:pk>/push/", views.push_again, name="push_again"),
    path("changes/mail/<str:token>/", mail_views.move_from_mail, name="move_from_mail"),
    path("changes/<int:pk>/undo/", views.undo, name="undo"),
]

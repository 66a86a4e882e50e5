"""Addresses below /team/. The settings and the activity of the practice, which lie there too, are practice's."""

from __future__ import annotations

from django.urls import path

from bookings.pages.team import accept_views, invitation_views, views

app_name = "team"
urlpatterns = [
    path("", views.team, name="page"),
    path("<int:pk>/role/", views.role, name="role"),
    path("invite/", invitation_views.new, name="invite"),
    path("invitations/<int:pk>/resend/", invitation_views.resend, name="resend"),
    path("invitations/<int:pk>/revoke/", invitation_views.revoke_link, name="revoke"),
    path("invitations/<str:token>/", accept_views.accept_invitation, name="invitation"),
]

"""The demo's own page and buttons; these addresses exist only where the setting DEMO is on."""

from __future__ import annotations

from django.urls import path

from sandbox.demo import views

app_name = "demo"
urlpatterns = [
    path("", views.page, name="page"),
    path("bar/", views.bar, name="bar"),
    path("mails/", views.mails, name="mails"),
    path("sign-in/<slug:username>/", views.sign_in, name="sign_in"),
    path("<slug:verb>/", views.act, name="act"),
]

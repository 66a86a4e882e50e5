"""The demo's page and buttons; config.urls includes these URLs only when DEMO is on."""

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

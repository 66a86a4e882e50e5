"""The demo's own page and buttons; these addresses exist only where the setting DEMO is on."""

from __future__ import annotations

from django.urls import path

from sandbox import demo_views

app_name = "demo"
urlpatterns = [
    path("", demo_views.page, name="page"),
    path("bar/", demo_views.bar, name="bar"),
    path("mails/", demo_views.mails, name="mails"),
    path("sign-in/<slug:username>/", demo_views.sign_in, name="sign_in"),
    path("<slug:verb>/", demo_views.act, name="act"),
]

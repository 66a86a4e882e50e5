"""The addresses of a Kalends with its demo; the setting DEMO adds them in the same way."""

from __future__ import annotations

from django.urls import include, path

from config.urls import urlpatterns as plain

urlpatterns = [*plain, path("demo/", include("sandbox.demo.urls"))]

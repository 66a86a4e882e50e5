"""The URLs of Kalends with its demo, as config.urls has them with DEMO."""

from __future__ import annotations

from django.urls import include, path

from config.urls import urlpatterns as plain

urlpatterns = [*plain, path("demo/", include("sandbox.demo.urls"))]

"""All addresses. Each app names its own below these roots."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from config.health import healthz

handler404 = "practice.language.not_found"

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="week:page"), name="home"),
    path("", include("practice.account.urls")),
    path("", include("practice.urls")),
    path("calendars/settings/connections/", include("connections.urls")),
    path("calendars/settings/availability/", include("availability.urls")),
    path("restored/", include("operations.restored.urls")),
    path("", include("bookings.urls")),
    path("", include("operations.support.urls")),  # before the admin, of which it has an address
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    path("", include("operations.urls")),
]

if settings.DEMO:
    urlpatterns.append(path("demo/", include("sandbox.demo.urls")))

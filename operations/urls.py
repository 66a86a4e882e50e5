"""What programs that watch over Kalends ask for."""

from __future__ import annotations

from django.urls import path

from operations.metrics.views import metrics
from operations.readiness.views import readyz

app_name = "operations"

urlpatterns = [
    path("metrics", metrics, name="metrics"),
    path("readyz", readyz, name="readyz"),
]

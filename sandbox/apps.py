from __future__ import annotations

from django.apps import AppConfig


class SandboxConfig(AppConfig):
    """The sandbox as a Django app, installed only for the demo and for tests, because of the demo's commands."""

    name = "sandbox"

from __future__ import annotations

from django.apps import AppConfig


class SandboxConfig(AppConfig):
    """The local stand-in for iCloud; installed for its `demo` command only."""

    name = "sandbox"

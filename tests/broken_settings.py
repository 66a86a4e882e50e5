"""Settings with a bug in them that a command runs into."""

from __future__ import annotations

from typing import Any

from config.settings import *  # noqa: F403


class Broken:
    """A router that fails whatever it is asked."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        """Fails."""
        return str(1 / 0)


DATABASE_ROUTERS = ["tests.broken_settings.Broken"]

"""Every test about backups has a deployment of its own."""

from __future__ import annotations

from tests.operations.backup.deployment import deployment
from tests.shared_database import shared_database

__all__ = ["deployment", "shared_database"]

"""What must not live on in a restored database: sessions, and what workers had taken."""

from __future__ import annotations

from typing import Any

from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db.models import DateTimeField

ID_GAP = 10_000
"""So many ids stay free for rows that were made after the backup and are lost: their links and UIDs are out there."""


def delete_sessions() -> None:
    """Sign everybody out: a session may have been ended after the backup."""
    UserSession.objects.all().delete()
    Session.objects.all().delete()


def clear_leases() -> None:
    """Let workers take every row: those that had taken some are gone (`connections.leases`)."""
    for model in apps.get_models():
        columns: dict[str, Any] = {
            field.name: None
            for field in model._meta.local_fields
            if isinstance(field, DateTimeField) and field.name.endswith(("claimed_until", "lease_until"))
        }
        if columns:
            model._base_manager.update(**columns)

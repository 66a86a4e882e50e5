"""Which limit of what stands in calendars is in force: when it changes, upcoming events are written again.

It follows from what the owner chose and from who works here: whoever owns the practice and works alone is free. Signals
notice most changes at once; the outbox looks before it pushes, so that an `update` without signals counts too.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.utils import timezone
from django.utils.module_loading import import_string

from practice.models import CalendarDetail, Practice, User

DECIDING_FIELDS = frozenset({"role", "is_active", "is_superuser"})
"""The fields of a user that decide whether anybody works alone."""


@transaction.atomic
def follow_limit(now: datetime) -> None:
    """Note the limit in force; if it has changed, let the events be written as it says (CALENDAR_LIMIT_CHANGED)."""
    practice = Practice.objects.first()
    if practice is None:
        return
    before, limit = CalendarDetail(practice.limit_in_force), practice.detail_limit
    if before != limit and Practice.objects.filter(limit_in_force=before).update(limit_in_force=limit):
        import_string(settings.CALENDAR_LIMIT_CHANGED)(before.at_most(limit), now)


@receiver(post_save, sender=Practice)
def _practice_changed(**kwargs: Any) -> None:
    follow_limit(timezone.now())


@receiver(post_save, sender=User)
def _user_changed(update_fields: frozenset[str] | None, **kwargs: Any) -> None:
    if update_fields is None or DECIDING_FIELDS & set(update_fields):
        follow_limit(timezone.now())


@receiver(post_delete, sender=User)
def _user_left(**kwargs: Any) -> None:
    follow_limit(timezone.now())

"""Stored codes as sentences."""

from __future__ import annotations

from django import template

from connections.models import Calendar, Connection, Event, SyncRun
from connections.problems import sentence

register = template.Library()


@register.filter
def problem(row: Connection | Calendar | SyncRun | Event) -> str:
    """What is wrong with a row (account, calendar, sync or event) as a sentence; "" for nothing."""
    return sentence(row.problem) if isinstance(row, Event) else row.sentence

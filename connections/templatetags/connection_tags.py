"""Stored codes as sentences."""

from __future__ import annotations

from django import template
from django.utils.formats import number_format

from connections.models import Calendar, Connection, Event, SyncRun

register = template.Library()


@register.filter
def problem(row: Connection | Calendar | SyncRun | Event) -> str:
    """What is wrong with a row (account, calendar, sync or event) as a sentence; "" for nothing."""
    return row.sentence


@register.filter
def grouped(number: int) -> str:
    """A number with its thousands apart, as the reader's language writes them."""
    return number_format(number, force_grouping=True)

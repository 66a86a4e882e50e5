"""Stored codes as sentences."""

from __future__ import annotations

from typing import Any

from django import template

from connections.problems import sentence

register = template.Library()


@register.filter
def problem(row: Any) -> str:
    """What is wrong with a row (account, calendar, sync or event) as a sentence; "" for nothing."""
    code = getattr(row, "error_code", "") or getattr(row, "problem", "")
    return sentence(code, getattr(row, "error_params", None))

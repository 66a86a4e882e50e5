"""What the templates of all pages use: the current section, the reader's zone, times and colours."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.core.exceptions import ObjectDoesNotExist
from django.template import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from practice import roles, time_format
from practice.models import Practice, User

register = template.Library()
register.filter("zone_time", time_format.zone_time)
register.filter("day_and_times", time_format.day_and_clocks)
register.filter("day_and_clock", time_format.day_and_clock)

_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
_DOT = '<svg class="dot" viewBox="0 0 10 10" aria-hidden="true"><circle cx="5" cy="5" r="5" fill="{}"/></svg>'
_SECTIONS = {
    "week": "week",
    "why": "week",
    "proposals": "proposals",
    "bookings": "bookings",
    "calls": "calls",
    "clients": "clients",
    "team": "team",
}


@register.simple_tag(takes_context=True)
def section(context: Context) -> str:
    """The entry of the navigation to which the page belongs (a value of _SECTIONS or settings), or none."""
    match = getattr(context.get("request"), "resolver_match", None)
    if match is None:
        return ""
    if match.route.startswith("calendars/settings/"):
        return "settings"
    return _SECTIONS.get(match.namespace, "")


@register.filter("may")
def allowed_to(user: Any, action: str) -> bool:
    """May the user do this (a value of practice.roles.Action)?"""
    return isinstance(user, User) and roles.may(user, roles.Action(action))


@register.filter
def own_zone(user: Any) -> ZoneInfo:
    """The zone a staff member chose, the practice's for one who chose none; for others the zone of the request."""
    try:
        zone = user.calendar_configuration.zone
    except ObjectDoesNotExist:
        zone = Practice.current().zone
    except AttributeError:
        zone = timezone.get_current_timezone()
    return zone if isinstance(zone, ZoneInfo) else ZoneInfo("UTC")


@register.simple_tag
def dot(color: str) -> SafeString:
    """A swatch of a calendar's colour (#RRGGBB). An attribute, because the policy allows no inline style."""
    fill = color if _COLOR.fullmatch(color) else "#8A8F9C"
    return format_html(_DOT, fill)


@register.simple_tag
def moment(value: datetime | None, now: datetime | None = None) -> SafeString | str:
    """An instant as people say it, relative and absolute, in the active zone; an em dash for none."""
    if value is None:
        return "—"
    local = timezone.localtime(value)
    return format_html(
        '<time datetime="{}">{} <span class="moment">{}</span></time>',
        local.isoformat(timespec="seconds"),
        time_format.relative(value, now or timezone.now()),
        time_format.short_day_and_clock(value),
    )

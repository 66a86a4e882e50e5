"""What every page's template needs: where it is, whose zone it speaks, moments and colours."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.core.exceptions import ObjectDoesNotExist
from django.template import Context
from django.template.defaultfilters import date as date_filter
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()

_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
_DOT = '<svg class="dot" viewBox="0 0 10 10" aria-hidden="true"><circle cx="5" cy="5" r="5" fill="{}"/></svg>'
_SECTIONS = {"week": "week", "why": "week", "proposals": "proposals", "bookings": "bookings", "clients": "clients"}


@register.simple_tag(takes_context=True)
def section(context: Context) -> str:
    """The entry of the navigation to which the page belongs: week, bookings, proposals, clients, settings, or none."""
    match = getattr(context.get("request"), "resolver_match", None)
    if match is None:
        return ""
    if "/settings/" in match.route:
        return "settings"
    return _SECTIONS.get(match.namespace, "")


@register.filter
def own_zone(user: Any) -> ZoneInfo:
    """The zone a staff member chose; for anybody else the one the page was made in, UTC unless it says otherwise."""
    try:
        zone = user.calendar_configuration.zone
    except (AttributeError, ObjectDoesNotExist):
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
        relative(value, now or timezone.now()),
        date_filter(local, "SHORT_DATETIME_FORMAT"),
    )


def relative(value: datetime, now: datetime) -> str:
    """How far `value` is from `now` in words, rounded down to one unit: "5 minutes ago", "in 2 hours"."""
    seconds = round((value - now).total_seconds())
    amount = _amount(abs(seconds))
    if not amount:
        return _("just now") if value <= now else _("in a moment")
    return (_("%(amount)s ago") if seconds < 0 else _("in %(amount)s")) % {"amount": amount}


def _amount(seconds: int) -> str:
    if seconds < 60:
        return ""
    if seconds < 3600:
        return ngettext("%d minute", "%d minutes", seconds // 60) % (seconds // 60)
    if seconds < 86400:
        return ngettext("%d hour", "%d hours", seconds // 3600) % (seconds // 3600)
    return ngettext("%d day", "%d days", seconds // 86400) % (seconds // 86400)

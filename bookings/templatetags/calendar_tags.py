"""Words, links and colours of the calendar pages, for templates."""

from __future__ import annotations

import re
from datetime import date

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bookings.models import Booking
from bookings.pages.week.asked import AskedCalendar
from bookings.pages.week.layout import Item, ItemKind, Period, Piece, View
from practice import time_format
from practice.models import User

register = template.Library()

_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
_STRIPE = '<svg class="stripe" color="{}" aria-hidden="true"></svg>'
_PIECE = (
    '<li class="slot slot--{} from-{} to-{} lane-{} until-{}"{} title="{}">{}'
    '<{} class="slot__title" id="{}-{}"{}>{}</{}> '
    '<span class="slot__time">{}</span> <span class="slot__words">{}</span></li>'
)
_MOVE = ' data-move="{}"'
_TO = ' href="{}"'
_NAMES = {
    View.DAY: gettext_lazy("Day"),
    View.WEEK: gettext_lazy("Week"),
    View.MONTH: gettext_lazy("Month"),
    View.LIST: gettext_lazy("List"),
}
_PREVIOUS = {
    View.DAY: gettext_lazy("Previous day"),
    View.WEEK: gettext_lazy("Previous week"),
    View.MONTH: gettext_lazy("Previous month"),
    View.LIST: gettext_lazy("Earlier days"),
}
_NEXT = {
    View.DAY: gettext_lazy("Next day"),
    View.WEEK: gettext_lazy("Next week"),
    View.MONTH: gettext_lazy("Next month"),
    View.LIST: gettext_lazy("Later days"),
}


@register.filter
def period_name(view: View) -> str:
    return str(_NAMES[view])


@register.filter
def previous_name(view: View) -> str:
    return str(_PREVIOUS[view])


@register.filter
def next_name(view: View) -> str:
    return str(_NEXT[view])


@register.filter
def period_title(period: Period) -> str:
    """Which days a page shows, as its heading says it."""
    if period.view is View.DAY:
        return time_format.weekday_and_day(period.day)
    if period.view is View.MONTH:
        return time_format.month_and_year(period.day)
    return time_format.days(period.first, period.last)


@register.simple_tag
def view_url(view: str, asked: AskedCalendar, day: date | None = None) -> str:
    """Where the same person's calendar is shown in this view: on that day, or as it is now."""
    key = None if asked.person is None or asked.is_own else asked.person.pk
    return _address(view, day, key, asked.columns.number if asked.person is None and view == View.DAY else 1)


@register.simple_tag
def day_url(asked: AskedCalendar, day: date) -> str:
    """Where one day is shown for a look: which view the reader likes is not changed by that."""
    key = None if asked.person is None or asked.is_own else asked.person.pk
    return _query(day=day.isoformat(), staff=key)


@register.simple_tag
def booking_url(booking: Booking, reader: User) -> str:
    """Where a booking is in the calendar of its person, on the clock of the reader."""
    day = timezone.localtime(booking.start).date()
    key = None if booking.staff_id == reader.pk else booking.staff_id
    query = _query(view=View.WEEK, date=day.isoformat(), staff=key)
    return f"{reverse('week:page')}{query}#booking-{booking.pk}-{day:%m%d}"


@register.simple_tag
def columns_url(asked: AskedCalendar, number: int) -> str:
    """Where the same day of other people is shown."""
    return _address(View.DAY, asked.period.day, None, number)


@register.simple_tag
def more_url(asked: AskedCalendar, day: date, staff: int | None) -> str:
    """Where everything is shown for which a day has no room: alone on its page, or in the list."""
    is_alone = asked.view is View.DAY and len(asked.shown) == 1
    key = staff if staff is not None or asked.person is None else asked.person.pk
    return _address(View.LIST, day, key) if is_alone else _query(day=day.isoformat(), staff=key)


def _address(view: str, day: date | None, staff: int | None, columns: int = 1) -> str:
    shown = columns if columns > 1 else None
    return _query(view=view, date=day.isoformat() if day else None, staff=staff, columns=shown)


def _query(**values: str | int | None) -> str:
    return f"?{urlencode({name: value for name, value in values.items() if value})}"


@register.filter
def more_words(count: int) -> str:
    """How many more there are than are shown."""
    return ngettext("+%(count)s more", "+%(count)s more", count) % {"count": count}


@register.simple_tag
def clock_on(item: Item, day: date) -> str:
    """When an item begins; nothing on the days after."""
    return time_format.clock(item.start) if timezone.localtime(item.start).date() == day else ""


@register.filter
def clocks_of_day(piece: Piece) -> str:
    """When an item is on one day of the week: from, until or from when to when, or all day."""
    if piece.goes_on and piece.goes_over:
        return _("all day")
    if piece.goes_on:
        return _("until %(time)s") % {"time": time_format.clock(piece.item.end)}
    if piece.is_long:
        return _("from %(time)s") % {"time": time_format.clock(piece.item.start)}
    return time_format.clocks((piece.item.start, piece.item.end))


@register.filter
def item_words(item: Item) -> str:
    """Where an item comes from, and why it blocks or not."""
    return " · ".join(filter(None, (item.source, item.reason)))


@register.simple_tag
def drawn_piece(piece: Piece, day: date) -> SafeString:
    """A piece of a column. There may be hundreds on a page, for which a template would take ten times as long."""
    item, clocks = piece.item, clocks_of_day(piece)
    tag = "span" if item.kind == ItemKind.TRAVEL else "a"  # its event beside it leads to the same card
    is_whole = not (piece.goes_on or piece.goes_over)
    when = clocks if is_whole else time_format.day_and_clocks((item.start, item.end))
    return format_html(
        _PIECE,
        item.kind,
        *piece.rows,
        *piece.lanes,
        format_html(_MOVE, item.booking) if item.booking and not piece.goes_on else "",
        " · ".join(filter(None, (item.title, when, item.source))),
        stripe(item.color),
        tag,
        item.key,
        f"{day:%m%d}",
        format_html(_TO, item.url) if tag == "a" else "",
        item.title,
        tag,
        clocks,
        item_words(item),
    )


@register.simple_tag
def stripe(color: str) -> SafeString | str:
    """A stripe in a calendar's colour (#RRGGBB). An attribute, because the policy allows no inline style."""
    return format_html(_STRIPE, color) if _COLOR.fullmatch(color) else ""

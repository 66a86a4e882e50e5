"""Sentences about one event: what it is called, and why it blocks a time or does not."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from connections.busy import OWN_BOOKING, Busy
from connections.models import Occurrence


def event_name(event: Busy, when: str, *, titles: bool, travel: bool) -> str:
    """Name an event by its calendar and time (`when`); by its title too if `titles` may be told."""
    words = {"title": event.summary or _("No title"), "calendar": event.calendar_name, "when": when}
    if event.all_day:
        words["when"] = _("all day")
    if travel:
        words["when"] = _("%(when)s, travel time included") % words
    if titles:
        return _("“%(title)s” in “%(calendar)s” (%(when)s)") % words
    return _("An event in “%(calendar)s” (%(when)s)") % words


def why_it_blocks(event: Busy, name: str, *, blocks: bool) -> str:
    """Say why the event called `name` blocks or does not; `blocks` is whether it does at the time in question."""
    words = {"event": name}
    if event.blocks and not blocks:
        return _("%(event)s belongs to a booking. It blocks only the time outside that booking.") % words
    sentences = _BLOCKING if blocks else _FREE
    return sentences.get(event.reason, sentences[Occurrence.Reason.BUSY])() % words


_BLOCKING: dict[str, Callable[[], str]] = {
    Occurrence.Reason.BUSY: lambda: _("%(event)s is marked Busy, so it blocks."),
    Occurrence.Reason.ALL_DAY_RULE: lambda: _("%(event)s blocks by your rule for all-day events of this calendar."),
    Occurrence.Reason.INVITATION_RULE: lambda: _(
        "%(event)s blocks by your rule for unanswered or tentative invitations."
    ),
    Occurrence.Reason.UNREADABLE: lambda: _("%(event)s could not be read, so it blocks to be safe."),
}
_FREE: dict[str, Callable[[], str]] = {
    Occurrence.Reason.BUSY: lambda: _("%(event)s does not block."),
    Occurrence.Reason.CANCELLED: lambda: _("%(event)s is cancelled, so it does not block."),
    Occurrence.Reason.DECLINED: lambda: _("%(event)s is an invitation you declined, so it does not block."),
    Occurrence.Reason.ALL_DAY_RULE: lambda: _(
        "%(event)s does not block, by your rule for all-day events of this calendar."
    ),
    Occurrence.Reason.FREE: lambda: _("%(event)s is marked Free, so it does not block."),
    Occurrence.Reason.INVITATION_RULE: lambda: _(
        "%(event)s does not block, by your rule for unanswered or tentative invitations."
    ),
    OWN_BOOKING: lambda: _("%(event)s belongs to a booking. The booking blocks its own time."),
}

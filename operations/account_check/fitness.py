"""Whether a calendar may be used for a check: only one that nobody but its owner sees or is invited to."""

from __future__ import annotations

import re
from typing import Final

from django.utils.translation import gettext as _

from connections.dav import Session
from connections.dav.multistatus import CS, D
from operations.account_check import request_bodies as bodies
from operations.account_check.wire import Wire, only_member

MAX_EVENTS: Final = 200
"""A calendar with more is not used: all its events are read first, and a check needs no more than an empty one."""
INVITES: Final = re.compile(rb"^(?:ATTENDEE|ORGANIZER)[;:]", re.MULTILINE | re.IGNORECASE)
OTHERS: Final = {f"{CS}shared", f"{CS}shared-owner", f"{CS}subscribed"}


class Unfit(Exception):
    """The calendar is not used; the message is a sentence that says why and what to do."""


def require_unshared(session: Session, wire: Wire, home: str, calendar: str) -> None:
    """Raises Unfit for a calendar that others may see, that is read-only or gone, or that has events with guests.

    It is asked at the server, because what Kalends knows may be some minutes old. Raises the errors of the wire.
    """
    listed = next((one for one in session.calendars(home) if one.path == calendar), None)
    if listed is None:
        raise Unfit(_("The calendar is no longer in the account, or it is a subscription. Choose another one."))
    if listed.shared or _is_shared(wire, calendar):
        raise Unfit(_("The calendar is shared. Others would see the event: make a new calendar for the check."))
    if not listed.writable:
        raise Unfit(_("The calendar is read-only: make a new calendar for the check."))
    hrefs = list(session.listing(calendar).changed)
    if len(hrefs) > MAX_EVENTS:
        words = {"count": len(hrefs), "most": MAX_EVENTS}
        raise Unfit(
            _("The calendar has %(count)s events, more than %(most)s: make a new calendar for the check.") % words
        )
    fetched = session.fetch(calendar, hrefs) if hrefs else None
    if fetched and any(INVITES.search(resource.data) for resource in fetched.found.values()):
        raise Unfit(_("The calendar has events with guests: make a new calendar for the check."))


def _is_shared(wire: Wire, calendar: str) -> bool:
    """Is the calendar a share or a subscription, or does it have people who were invited to it?"""
    member = only_member(wire.propfind(calendar, bodies.SHARING))
    if member is None:
        return True
    types = member.tags(f"{D}resourcetype")
    return bool(OTHERS & types) or f"{CS}user" in member.tags(f"{CS}invite")

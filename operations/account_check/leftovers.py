"""Removes what a check has written: its own event, and those of checks that were killed. No Django, no tables."""

from __future__ import annotations

import re

from connections.dav import Conflict, NotFound, Resource, Session
from operations.account_check.event_texts import PREFIX

OWN_UID = re.compile(rb"^UID:" + PREFIX.encode(), re.MULTILINE)
TRIES = 3


def remove_leftovers(session: Session, calendar: str) -> int:
    """Delete every event of a check from the calendar, and return how many there were.

    An event counts as one of a check if both its file name and its UID begin with the prefix, so that no event of
    anybody is deleted by mistake. Raises the errors of `Session`.
    """
    named = [href for href in session.listing(calendar).changed if href.rpartition("/")[2].startswith(PREFIX)]
    if not named:
        return 0
    fetched = session.fetch(calendar, named)
    found = {**fetched.found, **{one.href: one for one in (_read(session, href) for href in fetched.missing) if one}}
    ours = [resource for resource in found.values() if OWN_UID.search(resource.data)]
    return sum(_delete(session, resource) for resource in ours)


def _read(session: Session, href: str) -> Resource | None:
    """An event that a multiget left out, asked for by itself: right after it was written it may be missing there."""
    try:
        return session.get(href)
    except NotFound:
        return None


def _delete(session: Session, resource: Resource) -> bool:
    etag = resource.etag
    for _ in range(TRIES):
        try:
            session.delete(resource.href, etag=etag or session.etag(resource.href))
        except NotFound:
            return False
        except Conflict:  # what was read was older than what is there
            etag = ""
        else:
            return True
    raise Conflict("the event changes while it is being deleted", path=resource.href)

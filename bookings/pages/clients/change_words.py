"""What was changed about a client, in words."""

from __future__ import annotations

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from bookings.contacts.phones import display_phone
from bookings.models import ClientChange
from practice import time_format
from practice.models import Practice

Kind = ClientChange.Kind


def headline(change: ClientChange) -> str:
    """Who changed what, and when."""
    values = {
        "who": _who(change),
        "what": get_text_list([_what(field) for field in change.after], _("and")),
        "when": time_format.short_day_and_clock(change.at),
    }
    if change.kind == Kind.MERGED:
        return _("%(who)s merged another entry into this client on %(when)s.") % values
    if change.kind == Kind.NOT_TAKEN:
        return _("%(who)s booked with another %(what)s on %(when)s; the client keeps what is stored.") % values
    return _("%(who)s changed the %(what)s on %(when)s.") % values


def details(change: ClientChange) -> str:
    """What it was before and what it is now."""
    before, after = _values(change.before), _values(change.after)
    if change.kind == Kind.MERGED:
        return _("The other entry: %(before)s.") % {"before": before}
    if change.kind == Kind.NOT_TAKEN:
        return _("Typed: %(after)s. Stored: %(before)s.") % {"after": after, "before": before}
    return _("Before: %(before)s. Now: %(after)s.") % {"before": before, "after": after}


def _who(change: ClientChange) -> str:
    if change.actor is None:
        return _("Somebody")
    return change.actor.get_full_name() or change.actor.get_username()


def _what(field: str) -> str:
    return {"name": _("name"), "email": _("e-mail"), "phone": _("phone number")}[field]


def _values(values: dict[str, str]) -> str:
    """The values in one line; an em dash for none."""
    country = Practice.current().country
    shown = [display_phone(value, country) if field == "phone" else value for field, value in values.items()]
    return ", ".join(value for value in shown if value) or "—"

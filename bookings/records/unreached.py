"""Events that still carry the name of an erased client, because their calendar could not be reached yet."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _

from bookings.actions.leaving.waiting import carrying_sentence
from bookings.models import Client, LinkedEvent, LinkedEventQuerySet
from practice.models import User

Wanted = LinkedEvent.Wanted


def waiting_events(client: Client | None = None) -> LinkedEventQuerySet:
    """Events of erased clients, or of one, that are still to be made nameless or removed."""
    waiting = Q(wanted=Wanted.PRESENT, erase_due=True) | Q(wanted=Wanted.ABSENT, erase_due=True, removed_at=None)
    found = LinkedEvent.objects.filter(waiting).exclude(booking__seats__client__erased_at=None)
    return found.filter(booking__seats__client=client) if client else found


def forget_disconnected(client: Client) -> int:
    """The owner has seen to the events of an erased client in accounts that are not connected any more; how many."""
    return waiting_events(client).filter(calendar=None).update(erase_due=False)


def unreached_sentences(client: Client | None = None) -> list[str]:
    """One sentence for each staff member and place with events that nothing can reach at the moment."""
    out_of_reach = Q(calendar=None) | Q(calendar__connection__needs_attention=True) | Q(attempts__gt=0)
    counts: dict[tuple[User, str], int] = {}
    found = waiting_events(client).filter(out_of_reach).select_related("booking__staff", "calendar__connection")
    for placement in found.order_by("pk"):
        key = (placement.booking.staff, _place(placement))
        counts[key] = counts.get(key, 0) + 1
    return [carrying_sentence(count, user, place) for (user, place), count in counts.items()]


def _place(placement: LinkedEvent) -> str:
    """Where the event is, as it follows a name in the possessive."""
    if placement.calendar is None:
        return _("disconnected account")
    if placement.calendar.connection.needs_attention:
        return _("account that needs reconnecting")
    return _("calendar “%(calendar)s”") % {"calendar": placement.calendar}

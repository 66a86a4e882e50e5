"""What is still to be done about people who were deactivated, and how it is said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings.models import Booking, LinkedEvent, MirroredSlot
from connections.models import Connection
from connections.providers import ICS
from practice.models import User


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits: upcoming bookings that nobody has decided about, and events.

    `named`: events in connected accounts that still say who comes and are to lose that. `unwritten`: events there that
    are to be changed or removed otherwise. `out_of_reach`: events that still say who comes, in accounts that are not
    connected any more. `needs_attention`: an account refuses its password, so nothing can be written there.
    """

    user: User
    bookings: int = 0
    named: int = 0
    unwritten: int = 0
    out_of_reach: int = 0
    is_connected: bool = False
    needs_attention: bool = False

    @property
    def keeps_account(self) -> bool:
        """Must the accounts stay connected because of what waits?"""
        return bool(self.bookings or self.named or self.unwritten)

    @property
    def sentences(self) -> list[str]:
        return [*self._about_bookings(), *self._about_account(), *self._about_disconnected()]

    def stays_on_iphone(self) -> list[str]:
        """What would stay as it is if the accounts were disconnected now."""
        return list(self._about_account())

    def _about_bookings(self) -> Iterator[str]:
        if self.bookings:
            said = ngettext(
                "%(count)s upcoming booking with %(staff)s is still to be decided.",
                "%(count)s upcoming bookings with %(staff)s are still to be decided.",
                self.bookings,
            )
            yield said % {"count": self.bookings, "staff": _name(self.user)}

    def _about_account(self) -> Iterator[str]:
        place = _("account that needs reconnecting") if self.needs_attention else _("account")
        if self.named:
            yield carrying_sentence(self.named, self.user, place)
        if self.unwritten:
            said = ngettext(
                "%(count)s event in %(staff)s’s %(place)s is still to be changed or removed.",
                "%(count)s events in %(staff)s’s %(place)s are still to be changed or removed.",
                self.unwritten,
            )
            yield said % {"count": self.unwritten, "staff": _name(self.user), "place": place}

    def _about_disconnected(self) -> Iterator[str]:
        if self.out_of_reach:
            yield carrying_sentence(self.out_of_reach, self.user, _("disconnected account"))


def carrying_sentence(count: int, user: User, place: str) -> str:
    """That so many events still say who comes; `place` follows the user's name in the possessive."""
    said = ngettext(
        "%(count)s event in %(staff)s’s %(place)s still carries the name.",
        "%(count)s events in %(staff)s’s %(place)s still carry the name.",
        count,
    )
    return said % {"count": count, "staff": _name(user), "place": place}


def _name(user: User) -> str:
    return user.get_full_name() or user.get_username()


def waiting_for(user: User, now: datetime) -> Waiting:
    """What waits for one person, deactivated or not."""
    return waiting_for_each([user], now)[user.pk]


def waiting_for_each(users: Collection[User], now: datetime) -> dict[int, Waiting]:
    """By key of the person: the same for many, in six queries whatever their number."""
    bookings = Counter(Booking.objects.filter(staff__in=users, start__gt=now).live().values_list("staff", flat=True))
    named, unwritten = _in_accounts(users)
    out_of_reach = Counter(_out_of_reach(users).values())
    connected = Connection.objects.filter(user__in=users).values_list("user", "needs_attention", "provider")
    # Nothing is written to calendars by web address, whatever is wrong with them.
    connections = {(owner, attention and provider != ICS) for owner, attention, provider in connected}
    return {
        user.pk: Waiting(
            user,
            bookings=bookings[user.pk],
            named=named[user.pk],
            unwritten=unwritten[user.pk],
            out_of_reach=out_of_reach[user.pk],
            is_connected=any(owner == user.pk for owner, _attention in connections),
            needs_attention=(user.pk, True) in connections,
        )
        for user in users
    }


def _in_accounts(users: Collection[User]) -> tuple[Counter[int], Counter[int]]:
    """By key of the person: how many events in their accounts are to lose the name, and are to be written otherwise."""
    named: Counter[int] = Counter()
    unwritten: Counter[int] = Counter()
    for rows in (LinkedEvent.objects.pushable(), MirroredSlot.objects.pushable()):
        mine = rows.filter(calendar__connection__user__in=users).order_by()
        grouped = mine.values_list("calendar__connection__user", "erase_due").annotate(count=Count("pk"))
        for user, erase_due, count in grouped:
            (named if erase_due else unwritten)[user] += count
    return named, unwritten


def _out_of_reach(users: Collection[User]) -> dict[int, int]:
    """By key of an event that is to lose the name and is in no connected account: whose account it is in.

    The booking of such an event may have gone to a colleague since, and have an event in another account.
    """
    own = LinkedEvent.objects.wanted().filter(booking__staff__in=users).order_by()
    columns = "server", "account", "booking__staff"
    accounts = {(server, name.casefold()): staff for server, name, staff in own.values_list(*columns).distinct()}
    keys = {user.pk for user in users}
    same = {"server": OuterRef("server"), "account": OuterRef("account")}
    elsewhere = LinkedEvent.objects.wanted().filter(booking=OuterRef("booking")).exclude(**same)
    lost = LinkedEvent.objects.filter(calendar=None, erase_due=True, removed_at=None).order_by()
    found = lost.annotate(went=Exists(elsewhere)).values_list("pk", *columns, "went")
    owners = {
        key: accounts.get((server, name.casefold()), None if went else staff)
        for key, server, name, staff, went in found
    }
    return {key: owner for key, owner in owners.items() if owner in keys}


def note_seen_to(user: User) -> int:
    """Somebody has seen to the events in the user's accounts that are not connected any more; how many."""
    return LinkedEvent.objects.filter(pk__in=list(_out_of_reach([user]))).update(erase_due=False)

"""Who may do what in a practice: one table. Every view, every feed and the admin ask it.

ACTION: something that not everybody who signs in may do. REACH: whose things somebody may do it with. OWNER OF A THING:
the staff member to whom it belongs, such as the one with whom a booking was made. SUPPORT: somebody who may use the
admin (`is_staff`) and has no role; they look and change nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from practice.models import Practice, User

Role = User.Role
Rows = TypeVar("Rows", bound=QuerySet[Model])


class Action(StrEnum):
    """Something that not everybody who signs in may do."""

    MANAGE_OWN_ACCOUNT = "manage_own_account"  # name, password, second factor, sessions
    WORK = "work"  # use the pages for staff at all
    MANAGE_OWN_CALENDAR = "manage_own_calendar"  # connections, configuration, events and hours
    SEE_WEEK = "see_week"  # what of it: bookings.pages.week
    SEE_BOOKINGS = "see_bookings"
    HANDLE_BOOKINGS = "handle_bookings"  # make, move, cancel, note
    DECIDE_PROPOSALS = "decide_proposals"  # collisions too
    OFFER_SERVICES = "offer_services"  # say whether one offers a service, and when
    EDIT_SERVICES = "edit_services"
    SEE_CLIENTS = "see_clients"  # and correct their contact data
    READ_NOTES = "read_notes"  # what staff noted about clients, and what clients answered
    MANAGE_CLIENT_DATA = "manage_client_data"  # merge, export, erase
    SEE_ACTIVITY = "see_activity"
    MANAGE_TEAM = "manage_team"
    MANAGE_PRACTICE = "manage_practice"  # what the practice says about itself


class Reach(StrEnum):
    """Whose things somebody may do an action with."""

    NONE = "none"
    LOOK = "look"  # at everybody's, in the admin; not on the pages
    OWN = "own"
    ALL = "all"
    ALL_IF_LET = "all_if_let"  # everybody's, if the practice lets the front desk decide
    OWN_IF_UNOWNED = "own_if_unowned"  # their own, while nobody owns the practice: somebody must be able to


NONE, LOOK, OWN, ALL = Reach.NONE, Reach.LOOK, Reach.OWN, Reach.ALL
ALL_IF_LET, OWN_IF_UNOWNED = Reach.ALL_IF_LET, Reach.OWN_IF_UNOWNED


def _row(owner: Reach, staff: Reach, front_desk: Reach, support: Reach) -> Mapping[Role | None, Reach]:
    """A row of the table; None stands for support."""
    return MappingProxyType({Role.OWNER: owner, Role.STAFF: staff, Role.FRONT_DESK: front_desk, None: support})


TABLE: Final[Mapping[Action, Mapping[Role | None, Reach]]] = MappingProxyType(
    {
        # action                     owner, staff, front desk, support
        Action.MANAGE_OWN_ACCOUNT: _row(OWN, OWN, OWN, OWN),
        Action.WORK: _row(ALL, ALL, ALL, NONE),
        Action.MANAGE_OWN_CALENDAR: _row(OWN, OWN, NONE, NONE),
        Action.SEE_WEEK: _row(ALL, OWN, ALL, NONE),
        Action.SEE_BOOKINGS: _row(ALL, OWN, ALL, LOOK),
        Action.HANDLE_BOOKINGS: _row(ALL, OWN, ALL, LOOK),
        Action.DECIDE_PROPOSALS: _row(ALL, OWN, ALL_IF_LET, LOOK),
        Action.OFFER_SERVICES: _row(OWN, OWN, NONE, NONE),
        Action.EDIT_SERVICES: _row(ALL, OWN_IF_UNOWNED, NONE, LOOK),
        Action.SEE_CLIENTS: _row(ALL, OWN, ALL, LOOK),
        Action.READ_NOTES: _row(ALL, OWN, NONE, NONE),
        Action.MANAGE_CLIENT_DATA: _row(ALL, NONE, NONE, NONE),
        Action.SEE_ACTIVITY: _row(ALL, NONE, NONE, NONE),
        Action.MANAGE_TEAM: _row(ALL, NONE, NONE, NONE),
        Action.MANAGE_PRACTICE: _row(ALL, NONE, NONE, LOOK),
    }
)

REFUSALS: Final = {
    Action.WORK: _("Your account has no role in this practice. Ask an owner to give you one."),
    Action.MANAGE_OWN_CALENDAR: _(
        "The front desk has no calendar of its own. Ask an owner to make you staff if clients should book you."
    ),
    Action.DECIDE_PROPOSALS: _("In this practice the front desk does not decide proposals. Ask the staff member."),
    Action.READ_NOTES: _("Only owners and the staff member who sees the client read notes."),
}
"""What to do instead, where it is more than to ask an owner."""
ASK_AN_OWNER: Final = _("Only owners of the practice may do this. Ask one of them.")
NOT_YOURS: Final = _("This belongs to a colleague. Ask them, the front desk or an owner.")


def role_of(user: User) -> Role | None:
    """The user's role; superusers count as owners. None for support and others without a role."""
    if user.is_superuser:
        return Role.OWNER
    return Role(user.role) if user.role else None


def reach(user: User, action: Action) -> Reach:
    """Whose things the user may do this with: NONE, LOOK (in the admin), OWN or ALL.

    Asks the database only for what the practice may decide otherwise.
    """
    role = role_of(user)
    if not user.is_active or (role is None and not user.is_staff):
        return NONE
    written = TABLE[action][role]
    if written is ALL_IF_LET:
        return ALL if Practice.current().front_desk_decides else NONE
    if written is OWN_IF_UNOWNED:
        return NONE if User.owners().exists() else OWN
    return written


def may(user: User, action: Action, *, owner_of: int | None = None) -> bool:
    """May the user do this at all or, with `owner_of`, with a thing of the staff member with that key?"""
    found = reach(user, action)
    return found is ALL or (found is OWN and owner_of in (None, user.pk))


def allowed(user: User, action: Action, rows: Rows, *, owner: str) -> Rows:
    """Those of the rows with which the user may do this. `owner` is the lookup of their staff member, as in filters."""
    found = reach(user, action)
    if found is ALL:
        return rows
    return rows.filter(**{owner: user.pk}) if found is OWN else rows.none()


def require(user: User, action: Action, *, owner_of: int | None = None) -> None:
    """Raise PermissionDenied, with a sentence that says what to do, unless the user may do this."""
    if not may(user, action, owner_of=owner_of):
        raise PermissionDenied(refusal(user, action))


def refusal(user: User, action: Action) -> str:
    """Why the user may not do this, and what to do instead."""
    if role_of(user) is None and action is not Action.WORK:
        return refusal(user, Action.WORK)
    if reach(user, action) is OWN:
        return str(NOT_YOURS)
    return str(REFUSALS.get(action, ASK_AN_OWNER))

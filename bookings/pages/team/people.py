"""Everybody who works here or did, in a handful of queries however many they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from bookings.models import Service
from bookings.pages.people import BY_NAME
from bookings.pages.team.health import AccountHealth, account_health
from connections.models import Connection
from practice.models import Invitation, User
from practice.roles import Role, role_of
from practice.team.links import invitation_address

NO_EMAIL = (Invitation.MailState.BY_HAND, Invitation.MailState.FAILED)


@dataclass(frozen=True, slots=True)
class Person:
    """What the page shows of somebody; `has_calendar` says whether calendars are theirs to connect."""

    user: User
    role: str
    services: list[Service]
    accounts: list[AccountHealth]
    has_calendar: bool


@dataclass(frozen=True, slots=True)
class Invited:
    """What the page shows of an invitation; `link` only where no e-mail brings it."""

    invitation: Invitation
    has_expired: bool
    link: str


def all_people(now: datetime) -> list[Person]:
    """Everybody who has an account, by name."""
    connections = Prefetch("connections", Connection.objects.defer("password").prefetch_related("calendars"))
    users = User.objects.select_related("calendar_configuration").prefetch_related("services", connections)
    return [_person(user, now) for user in users.order_by(*BY_NAME)]


def all_invited(now: datetime) -> list[Invited]:
    """Those who have not accepted yet, expired invitations too."""
    return [_invited(one, now) for one in Invitation.objects.pending().select_related("invited_by")]


def role_words(user: User) -> str:
    """What somebody is here, in words."""
    if role := role_of(user):
        return str(role.label)
    return _("Support") if user.is_staff else _("No role")


def _person(user: User, now: datetime) -> Person:
    return Person(
        user,
        role_words(user),
        list(user.services.all()),
        account_health(user, user.connections.all(), now),
        has_calendar=role_of(user) in (Role.OWNER, Role.STAFF),
    )


def _invited(invitation: Invitation, now: datetime) -> Invited:
    has_expired = invitation.expires_at <= now
    by_hand = invitation.mail_state in NO_EMAIL and not has_expired
    return Invited(invitation, has_expired, invitation_address(invitation) if by_hand else "")

"""An address that two owners invite at the same moment, and a link that is opened twice."""

from __future__ import annotations

import pytest
from django.db import transaction

from practice.models import Invitation, User
from practice.team.invitations import InvitationOver, InvitationRefused, accept, invite
from practice.team.links import invitation_address
from tests.bookings.racing import Racers
from tests.factories import NOW, UserFactory
from tests.shared_database import shared_database  # noqa: F401 - a fixture

pytestmark = pytest.mark.usefixtures("shared_database")
RACERS = 2
ROUNDS = 10


def ask(owner: int) -> bool:
    """Invite Mara; was that done or, because another owner was quicker, refused with a sentence?"""
    try:
        invite("mara@example.com", "staff", by=User.objects.get(pk=owner), now=NOW)
    except InvitationRefused as refusal:
        return str(refusal) == "Somebody else has just invited this address."
    return True


def take(token: str) -> str:
    """Accept the invitation of a link."""
    try:
        with transaction.atomic():
            return accept(token, now=NOW).email
    except InvitationOver:
        return "over"


def test_an_address_is_invited_once(racers: Racers) -> None:
    olga, ben = UserFactory.create(role="owner").pk, UserFactory.create(role="owner").pk
    outcomes = []
    for _round in range(ROUNDS):
        Invitation.objects.all().delete()
        outcomes.append((racers.race(ask, [olga, ben]), Invitation.objects.count()))
    assert outcomes == [([True, True], 1)] * ROUNDS


def test_a_link_is_accepted_once(racers: Racers) -> None:
    olga = UserFactory.create(role="owner")
    outcomes = []
    for number in range(ROUNDS):
        invitation = invite(f"mara{number}@example.com", "staff", by=olga, now=NOW)
        token = invitation_address(invitation).rstrip("/").rpartition("/")[2]
        outcomes.append(sorted(racers.race(take, [token, token])))
    assert outcomes == [[f"mara{number}@example.com", "over"] for number in range(ROUNDS)]

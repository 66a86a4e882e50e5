"""Deciding for somebody else: what is shown, that the first decision counts, and the mail to the front desk."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from bookings.models import Proposal
from bookings.notifications import outgoing
from practice.models import Practice, User
from tests.factories import NOW, START, BookingFactory, ClientFactory, ProposalFactory, ServiceFactory, UserFactory
from tests.pages import texts

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
URL = "/bookings/proposals/"
CARDS = "//section[starts-with(@aria-labelledby, 'proposal-')]"
HOUR = timedelta(hours=1)


@pytest.fixture
def desk(db: None) -> User:
    """Fred at the front desk."""
    return UserFactory.create(username="fred", role="front_desk", configuration=None, email="fred@example.com")


@pytest.fixture
def collision(db: None) -> Proposal:
    """At Mara's, an event overlaps a booking of today, 25 hours before which nobody was asked."""
    mara = UserFactory.create(username="mara", first_name="Mara", last_name="Winter", email="mara@example.com")
    service = ServiceFactory.create(name="Massage", staff=[mara])
    near = START - 12 * HOUR
    booking = BookingFactory.create(
        staff=mara, start=near, client=ClientFactory.create(name="Clara Blum"), service=service
    )
    return ProposalFactory.create(
        booking=booking,
        kind="collision",
        new_start=near,
        new_end=near + HOUR,
        reason="“Biopsy” in “Health” now overlaps it.",
    )


def test_the_front_desk_reads_when_it_is_blocked_and_no_title(client: Client, desk: User, collision: Proposal) -> None:
    Practice.objects.create(time_zone="Europe/Berlin")
    client.force_login(desk)
    page = client.get(URL)
    assert texts(page, CARDS) == [
        "An event now overlaps the booking Clara Blum · Massage · Mara Winter In Kalends Mon 30 Nov 2026, 22:00–23:00 "
        "Blocked Mon 30 Nov 2026, 22:00–23:00 21:00 00:00 Keep the booking Cancel and tell the client Reschedule"
    ]
    shown = [page, client.get(f"/bookings/{collision.booking.pk}/")]
    assert ["Biopsy" in one.content.decode() for one in shown] == [False, False]
    client.force_login(collision.booking.staff)
    assert "“Biopsy” in “Health” now overlaps it." in texts(client.get(URL), CARDS)[0]


def test_the_first_decision_counts(client: Client, desk: User, collision: Proposal) -> None:
    client.force_login(desk)
    client.post(f"{URL}{collision.pk}/", {"choice": "keep"}, follow=True)
    client.force_login(collision.booking.staff)
    page = client.post(f"{URL}{collision.pk}/", {"choice": "cancel"}, follow=True)
    assert texts(page, "//*[@id='messages']/div") == ["This was decided already."]
    collision.refresh_from_db()
    assert (collision.choice, collision.decided_by, collision.booking.status) == ("keep", desk, "confirmed")


def test_the_front_desk_is_mailed_what_starts_within_a_day_without_titles(
    client: Client, desk: User, collision: Proposal
) -> None:
    assert outgoing.mail_proposals(NOW) == 2
    [to_mara, to_fred] = mail.outbox
    assert (to_mara.to, to_fred.to) == (["mara@example.com"], ["fred@example.com"])
    assert ("Biopsy" in str(to_mara.body), "Biopsy" in str(to_fred.body)) == (True, False)
    assert str(to_fred.body).splitlines()[:2] == [
        "With Mara Winter:",
        "An event now overlaps the booking: Clara Blum, Mon 30 Nov 2026, 21:00 (UTC). "
        "Blocked Mon 30 Nov 2026, 21:00–22:00.",
    ]
    mailed = _link(str(to_fred.body))
    assert "Biopsy" not in client.get(mailed).content.decode()
    client.post(mailed, {"choice": "keep"})
    collision.refresh_from_db()
    assert (collision.choice, collision.decided_by, collision.decided_by_mail) == ("keep", desk, True)


def test_what_starts_later_is_mailed_to_the_staff_member_alone(desk: User, collision: Proposal) -> None:
    assert outgoing.mail_proposals(NOW - 24 * HOUR) == 1
    assert [one.to for one in mail.outbox] == [["mara@example.com"]]


@pytest.mark.parametrize("role", ["staff", ""])
def test_a_link_of_somebody_who_may_not_decide_any_more_leads_nowhere(
    client: Client, desk: User, collision: Proposal, role: str
) -> None:
    outgoing.mail_proposals(NOW)
    mailed = _link(str(mail.outbox[1].body))
    User.objects.filter(pk=desk.pk).update(role=role)
    assert client.post(mailed, {"choice": "keep"}).status_code == 404


def test_a_practice_may_leave_decisions_to_the_staff_member(client: Client, desk: User, collision: Proposal) -> None:
    Practice.objects.create(front_desk_decides=False)
    client.force_login(desk)
    page = client.get(URL)
    assert (page.status_code, texts(page, "//main//p")) == (
        403,
        ["In this practice the front desk does not decide proposals. Ask the staff member."],
    )
    assert outgoing.mail_proposals(NOW) == 1


def _link(body: str) -> str:
    found = re.search(r"http://\S+(/bookings/proposals/mail/\S+)", body)
    assert found is not None
    return found[1]

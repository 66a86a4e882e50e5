"""What a client asks for is approved, refused, or ends when nobody decides in time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bookings import actions, tasks
from bookings.actions import Visitor
from bookings.models import Booking, BookingChange, Hold, Mail, Proposal
from practice.models import Practice as PracticeRow
from practice.models import User
from tests.bookings.practice import CARLA, HOUR, Practice
from tests.factories import LONG_AGO, START, BookingFactory, UserFactory, office_hours


def held(practice: Practice, *, staff: User | None, hours: int = 24) -> Hold:
    """The time that a visitor keeps, in a service that needs approval."""
    practice.service.approval_hours = hours
    practice.service.save()
    visitor = Visitor(id="a" * 32)
    return actions.hold(service=practice.service, staff=staff, start=START, visitor=visitor, now=practice.now)


def request(practice: Practice, hours: int = 24, **chosen: User | None) -> Booking:
    """What Carla asks for on the booking page, with Anna unless somebody else is chosen; it stands in iCloud."""
    staff = chosen.get("staff", practice.user)
    booking = practice.book(staff=staff, hold=held(practice, staff=staff, hours=hours))
    assert practice.push() == ["pushed"]
    practice.sync()
    return booking


def dentist(practice: Practice) -> None:
    """An event at the time of the request, which Kalends has not read."""
    practice.later(timedelta(minutes=1))
    practice.phone.add(practice.account.calendar("Work"), "Dentist", START, START + HOUR)


def standing(booking: Booking) -> tuple[str, str]:
    booking.refresh_from_db()
    return booking.status, booking.cause


def status_there(practice: Practice, booking: Booking) -> str:
    """STATUS as iCloud has it."""
    lines = practice.text(booking).splitlines()
    return next(line.partition(":")[2] for line in lines if line.startswith("STATUS"))


def test_a_request_holds_its_time_and_stands_as_tentative_in_icloud(practice: Practice) -> None:
    booking = request(practice)
    assert standing(booking) == ("pending", "approval")
    assert booking.approval_due_at == practice.now + timedelta(hours=24)
    assert status_there(practice, booking) == "TENTATIVE"
    assert practice.proposals() == [("approval", "")]
    assert practice.client_mails() == ["Not confirmed yet: your appointment on Tue 1 December, 10:00"]
    with pytest.raises(actions.NotOpen):
        practice.book()


def test_what_staff_book_needs_no_approval(practice: Practice) -> None:
    practice.service.approval_hours = 24
    practice.service.save()
    assert standing(practice.book()) == ("confirmed", "")


def test_staff_have_no_longer_than_until_the_start(practice: Practice) -> None:
    assert request(practice, hours=14 * 24).approval_due_at == START


def test_an_approved_request_is_confirmed_everywhere(practice: Practice) -> None:
    booking = request(practice)
    practice.mails()
    assert actions.approve(booking, now=practice.now, actor=practice.user) is True
    practice.push()
    assert (standing(booking), status_there(practice, booking)) == (("confirmed", ""), "CONFIRMED")
    assert practice.proposals() == []
    assert practice.client_mails()[-1] == "Confirmed: your appointment on Tue 1 December, 10:00"


def test_a_refused_request_gives_its_time_back_and_tells_the_client(practice: Practice) -> None:
    booking = request(practice)
    practice.mails()
    actions.refuse(booking, now=practice.now, actor=practice.user)
    practice.push()
    assert (standing(booking), practice.events(), practice.proposals()) == (("cancelled", ""), [], [])
    assert booking.seat.mails.order_by("-pk")[0].kind == Mail.Kind.NOT_CONFIRMED
    assert booking.changes.first().kind == "refused"


@pytest.mark.parametrize(
    ("choice", "expected"),
    [("approve", ("confirmed", "")), ("refuse", ("cancelled", "")), ("cancel", ("cancelled", ""))],
)
def test_the_proposal_decides_as_the_verbs_do(practice: Practice, choice: str, expected: tuple[str, str]) -> None:
    booking = request(practice)
    proposal = Proposal.objects.open().get()
    actions.decide(proposal, choice=choice, now=practice.now, actor=practice.user)
    assert standing(booking) == expected
    with pytest.raises(actions.Refused):
        actions.decide(proposal, choice="approve", now=practice.now, actor=practice.user)


def test_approving_reads_icloud_again_and_asks_if_the_time_went(practice: Practice) -> None:
    booking = request(practice)
    dentist(practice)
    proposal = Proposal.objects.open().get()
    with pytest.raises(actions.NotOpen) as refused:
        actions.decide(proposal, choice="approve", now=practice.now, actor=practice.user)
    assert "Decide first whether to keep the booking" in str(refused.value)
    assert standing(booking) == ("pending", "approval")
    assert sorted(kind for kind, _reason in practice.proposals()) == ["approval", "collision"]


def test_after_staff_kept_the_request_over_an_event_it_can_be_approved(practice: Practice) -> None:
    booking = request(practice)
    dentist(practice)
    with pytest.raises(actions.NotOpen):
        actions.approve(booking, now=practice.now)
    collision = Proposal.objects.open().get(kind="collision")
    actions.decide(collision, choice="keep", now=practice.now, actor=practice.user)
    assert standing(booking) == ("pending", "approval")
    assert actions.approve(booking, now=practice.now) is True


@pytest.mark.usefixtures("short_deadline")
def test_what_is_approved_while_icloud_is_silent_is_confirmed_when_it_answers(practice: Practice) -> None:
    booking = request(practice)
    practice.icloud.down()
    practice.later(timedelta(minutes=65))
    assert actions.approve(booking, now=practice.now) is False
    assert standing(booking) == ("pending", "calendar_unreadable")
    practice.icloud.up()
    practice.poll_later()
    practice.push()
    assert (standing(booking), status_there(practice, booking)) == (("confirmed", ""), "CONFIRMED")


def test_a_request_that_nobody_decides_ends_and_both_sides_are_told(practice: Practice) -> None:
    practice.user.email = "anna@example.com"
    practice.user.save()
    booking = request(practice)
    practice.mails()
    practice.later(timedelta(hours=24) - timedelta(minutes=1))
    assert actions.expire_undecided(practice.now) == 0
    practice.later(timedelta(minutes=1))
    assert (actions.expire_undecided(practice.now), actions.expire_undecided(practice.now)) == (1, 0)
    practice.push()
    last = booking.changes.first()
    assert (standing(booking), last.kind, last.source) == (("cancelled", ""), "expired", "kalends")
    assert (practice.events(), practice.proposals()) == ([], [])
    assert practice.mails()[-2:] == [
        ("Could not be confirmed: your appointment on Tue 1 December, 10:00", [CARLA.email]),
        ("Nobody decided in time: the request of Carla Client for Tue 1 Dec, 10:00 has ended.", ["anna@example.com"]),
    ]


def test_the_schedule_ends_what_nobody_decided(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    booking = request(practice)
    practice.later(timedelta(hours=25))
    monkeypatch.setattr(tasks.timezone, "now", lambda: practice.now)
    tasks.push_events()
    assert standing(booking) == ("cancelled", "")


def test_whoever_must_confirm_the_address_is_asked_about_only_then(practice: Practice) -> None:
    PracticeRow.objects.update_or_create(pk=1, defaults={"confirm_addresses": True})
    practice.service.approval_hours = 24
    practice.service.save()
    visitor = Visitor(id="a" * 32)
    hold = actions.hold(service=practice.service, staff=practice.user, start=START, visitor=visitor, now=practice.now)
    booking = practice.book(hold=hold)
    assert (standing(booking), practice.proposals()) == (("pending", "unconfirmed_address"), [])
    assert actions.confirm_address(booking, now=practice.now) is False
    assert (standing(booking), practice.proposals()) == (("pending", "approval"), [("approval", "")])


# --- with whom ---------------------------------------------------------------------------------------


def colleague(practice: Practice) -> User:
    """Ben, who has been giving the service for as long as Anna, and has more bookings of it."""
    ben = UserFactory.create(username="ben")
    office_hours(ben)
    practice.service.staff.add(ben, through_defaults={"since": LONG_AGO})
    BookingFactory.create(staff=ben, service=practice.service, start=START + 2 * HOUR)
    return ben


def test_a_request_keeps_whom_first_available_chose_and_why(practice: Practice) -> None:
    colleague(practice)
    practice.service.staff.through.objects.filter(user=practice.user).update(since=LONG_AGO)
    booking = request(practice, staff=None)
    held = Hold.objects.get(booking=booking)
    why = {"rule": "minutes", "minutes": 0, "credit": 0, "share": 30}
    assert (held.staff, booking.staff, held.why_staff, booking.why_staff) == (practice.user, practice.user, why, why)
    assert (standing(booking), practice.proposals()) == (("pending", "approval"), [("approval", "")])
    actions.approve(booking, now=practice.now, actor=practice.user)
    assert (standing(booking), booking.staff, booking.why_staff) == (("confirmed", ""), practice.user, why)


def test_a_request_that_goes_to_somebody_else_because_the_time_went_waits_for_approval_too(practice: Practice) -> None:
    ben = colleague(practice)
    hold = held(practice, staff=None)
    actions.release(hold, practice.now)
    practice.book(staff=practice.user)
    booking = practice.book(staff=None, hold=Hold.objects.get(pk=hold.pk))
    assert (hold.staff, booking.staff, booking.why_staff["rule"]) == (practice.user, ben, "only")
    assert standing(booking) == ("pending", "approval")
    assert Proposal.objects.open().get().booking == booking


@pytest.mark.parametrize("by_client", [True, False])
def test_a_request_that_is_given_to_a_colleague_is_still_asked_about(practice: Practice, by_client: bool) -> None:
    ben = colleague(practice)
    booking = request(practice)
    if by_client:
        actions.choose_time(booking, start=START + HOUR, people=[ben], now=practice.now)
    else:
        actions.hand_over(booking, to=ben, now=practice.now, actor=practice.user)
    booking.refresh_from_db()
    assert (booking.staff, standing(booking)) == (ben, ("pending", "approval"))
    assert Proposal.objects.open().get().kind == "approval"
    assert actions.approve(booking, now=practice.now, actor=ben) is True


def test_a_request_that_the_client_cancels_is_no_longer_asked_about(practice: Practice) -> None:
    booking = request(practice)
    actions.cancel(booking, now=practice.now, source=BookingChange.Source.CLIENT)
    assert (practice.proposals(), booking.changes.first().kind) == ([], "cancelled")

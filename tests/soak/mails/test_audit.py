"""The audit finds mails that are lost, doubled and wrong, and calendars that differ."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from bookings import actions
from bookings.models import Booking, Mail
from soak.findings import Findings
from soak.ledger import Span
from soak.mails.arrival import Arrival
from soak.mails.audit import MailAudit
from tests.bookings.practice import CARLA, HOUR
from tests.factories import START
from tests.soak.stage import Stage

Lines = tuple[list[str], list[str], list[str]]
CALENDARS = [f"the calendar of {CARLA.email} ({order})" for order in ("in order", "shuffled")]


def audit(stage: Stage, arrived: list[Arrival], in_icloud: Span | None = None) -> Findings:
    found = Findings()
    MailAudit(arrived, lambda _booking: in_icloud, stage.practice.now, found).run()
    return found


def found_words(stage: Stage, arrived: list[Arrival], in_icloud: Span | None = None) -> Lines:
    """What is lost, doubled and wrong, without keys, names and times."""
    found = audit(stage, arrived, in_icloud)
    kinds = (found.lost, found.doubled, found.wrong)
    lost, doubled, wrong = (
        [re.sub(r" \(booking [^)]*\)| <[^>]*>|the mail \d+ ", " ", one) for one in kind] for kind in kinds
    )
    return lost, doubled, wrong


def changed(arrival: Arrival, old: str, new: str) -> Arrival:
    """The same mail with another text."""
    data = arrival.message.as_bytes()
    assert old.encode() in data
    return Arrival.of(arrival.recipient, data.replace(old.encode(), new.encode()))


def test_where_calendars_agree_nothing_is_found(stage: Stage) -> None:
    found = audit(stage, stage.arrived(), (START, START + HOUR))
    assert found.clean
    assert found.looked_at == {
        "mails to clients": 1,
        "calendar parts": 1,
        "calendars of clients": 2,
        "appointments of clients": 2,
    }


def test_moves_and_cancellations_reach_both_calendars(stage: Stage) -> None:
    stage.arrived()
    actions.reschedule(stage.booking, start=START + 4 * HOUR, now=stage.practice.now)
    assert audit(stage, stage.arrived(), (START + 4 * HOUR, START + 5 * HOUR)).clean
    actions.cancel(stage.booking, now=stage.practice.now)
    found = audit(stage, stage.arrived())
    assert (found.clean, found.looked_at["calendar parts"], found.looked_at["appointments of clients"]) == (True, 3, 0)


def test_a_mail_that_did_not_arrive_is_lost_and_so_is_the_appointment(stage: Stage) -> None:
    stage.arrived()
    assert found_words(stage, []) == (
        [
            f" (confirmation, sent) to {CARLA.email} has not arrived",
            f"Carla Client  is missing in the calendar of {CARLA.email} (without mails)",
        ],
        [],
        [],
    )


def test_a_mail_that_was_not_sent_is_lost(stage: Stage) -> None:
    arrived = stage.arrived()
    Mail.objects.update(state=Mail.State.DUE)
    assert found_words(stage, arrived)[0] == [f" (confirmation, due) to {CARLA.email} has not arrived"]


@pytest.mark.parametrize(("attempts", "arrivals", "doubled"), [(1, 2, 1), (2, 2, 0), (3, 3, 1), (3, 1, 0)])
def test_a_mail_may_arrive_twice_if_it_was_tried_twice_and_never_three_times(
    stage: Stage, attempts: int, arrivals: int, doubled: int
) -> None:
    arrived = stage.arrived() * arrivals
    Mail.objects.update(attempts=attempts)
    words = f" (confirmation, sent) to {CARLA.email} arrived {arrivals} times in {attempts} attempts"
    assert found_words(stage, arrived) == ([], [words] * doubled, [])


def test_a_repetition_with_another_calendar_part_is_wrong(stage: Stage) -> None:
    (arrival,) = stage.arrived()
    Mail.objects.update(attempts=2)
    again = changed(arrival, "SUMMARY:", "SUMMARY:Other ")
    assert found_words(stage, [arrival, again]) == (
        [],
        [],
        [f" (confirmation, sent) to {CARLA.email} was repeated with another calendar part"],
    )


def test_a_mail_that_nobody_wrote_is_wrong(stage: Stage) -> None:
    arrived = stage.arrived()
    Mail.objects.update(message_id="<another>")
    assert found_words(stage, arrived)[2] == [f"nobody wrote the mail  to {CARLA.email}"]


def test_another_time_in_the_calendar_is_wrong(stage: Stage) -> None:
    (arrival,) = stage.arrived()
    later = changed(arrival, "DTEND;TZID=Europe/Berlin:20261201T110000", "DTEND;TZID=Europe/Berlin:20261201T113000")
    wrong = [f"Carla Client  is at 01.12. 09:00 – 10:30 UTC in {calendar}" for calendar in CALENDARS]
    assert found_words(stage, [later]) == ([], [], wrong)


def test_another_event_in_the_calendar_is_wrong_and_the_right_one_is_lost(stage: Stage) -> None:
    (arrival,) = stage.arrived()
    uid = stage.booking.seat.uid
    assert found_words(stage, [changed(arrival, uid, "other")]) == (
        [f"Carla Client  is missing in {calendar}" for calendar in CALENDARS],
        [],
        [f"other, 01.12. 09:00 UTC, is in {calendar}, but belongs to no booking" for calendar in CALENDARS],
    )


def test_a_part_that_no_calendar_can_apply_is_wrong(stage: Stage) -> None:
    (arrival,) = stage.arrived()
    lost, _doubled, wrong = found_words(stage, [changed(arrival, "METHOD:REQUEST", "METHOD:PUBLISH")])
    assert lost == [f"Carla Client  is missing in {calendar}" for calendar in CALENDARS]
    said = "ValueError('the content type and the calendar name different methods')"
    assert wrong == [f"a calendar part cannot be applied for {CARLA.email}: {said}"] * 3


def test_an_appointment_that_is_cancelled_in_kalends_only_is_wrong(stage: Stage) -> None:
    arrived = stage.arrived()
    actions.cancel(stage.booking, now=stage.practice.now)
    Mail.objects.exclude(kind=Mail.Kind.CONFIRMATION).delete()
    assert found_words(stage, arrived) == (
        [],
        [],
        [f"Carla Client  is cancelled, but is in {calendar}" for calendar in CALENDARS],
    )


def test_another_time_in_icloud_is_wrong(stage: Stage) -> None:
    assert found_words(stage, stage.arrived(), (START + HOUR, START + 2 * HOUR)) == (
        [],
        [],
        [f"Carla Client  is at 01.12. 10:00 – 11:00 UTC in iCloud, unlike {calendar}" for calendar in CALENDARS],
    )


def test_who_was_not_told_because_workers_were_killed_is_to_be_called(stage: Stage) -> None:
    stage.arrived()
    Mail.objects.update(state=Mail.State.FAILED, error_code="interrupted")
    found = audit(stage, [])
    assert (found.clean, found.looked_at["clients to call"]) == (True, 1)
    Mail.objects.update(recipient="", start=stage.practice.now - timedelta(minutes=1))
    assert found_words(stage, [])[0] == ["Carla Client  was not told, and nobody calls"]


def test_a_mail_that_failed_for_another_reason_is_wrong(stage: Stage) -> None:
    arrived = stage.arrived()
    Mail.objects.update(state=Mail.State.FAILED, error_code="refused")
    assert found_words(stage, arrived)[2] == [f" (confirmation, failed) to {CARLA.email} has failed: refused"]


def test_a_pending_booking_is_in_no_calendar(stage: Stage) -> None:
    arrived = stage.arrived()
    Booking.objects.update(status=Booking.Status.PENDING, approval_due_at=START)
    assert found_words(stage, arrived)[2] == [f"Carla Client  is pending, but is in {one}" for one in CALENDARS]


# --- several appointments in one mail -----------------------------------------------------------------------------


def series(stage: Stage) -> tuple[list[Booking], Arrival]:
    """Three appointments that were booked at once and told in one mail, and that mail."""
    starts = [START + week * timedelta(days=7) for week in (1, 2, 3)]
    practice = stage.practice
    given = {"service": practice.service, "staff": practice.user, "client": CARLA, "now": practice.now}
    made = actions.book_series(starts=starts, **given)  # type: ignore[arg-type]
    return list(made.bookings.order_by("start")), stage.arrived()[-1]


def without_first_part(arrival: Arrival) -> Arrival:
    """The same mail without its first file."""
    message = Arrival.of(arrival.recipient, arrival.message.as_bytes()).message
    body, _first, *rest = message.get_payload()  # type: ignore[misc]
    message.set_payload([body, *rest])
    return Arrival.of(arrival.recipient, message.as_bytes())


def test_a_mail_about_several_appointments_makes_all_of_them(stage: Stage) -> None:
    series(stage)
    found = audit(stage, stage.arrived())
    assert found.clean
    assert found.looked_at == {
        "mails to clients": 2,
        "calendar parts": 4,
        "calendars of clients": 2,
        "appointments of clients": 8,
    }


def test_a_mail_about_several_appointments_that_did_not_arrive_is_lost_for_each(stage: Stage) -> None:
    series(stage)
    lost = found_words(stage, stage.arrived()[:1])[0]
    assert lost[:3] == [f" (confirmation, sent) to {CARLA.email} has not arrived"] * 3
    assert lost[3:] == [f"Carla Client  is missing in {calendar}" for calendar in CALENDARS for _ in range(3)]


def test_a_mail_about_several_appointments_is_one_mail_when_it_arrives_twice(stage: Stage) -> None:
    _bookings, arrival = series(stage)
    words = f" (confirmation, sent) to {CARLA.email} arrived 2 times in 1 attempts"
    assert found_words(stage, [*stage.arrived(), arrival]) == ([], [words], [])
    Mail.objects.exclude(batch="").update(attempts=2)
    found = audit(stage, [*stage.arrived(), arrival])
    assert (found.clean, found.looked_at["mails that arrived twice"]) == (True, 1)


def test_only_what_was_dropped_may_be_left_out_of_a_repetition(stage: Stage) -> None:
    bookings, arrival = series(stage)
    Mail.objects.exclude(batch="").update(attempts=2)
    arrived = [*stage.arrived(), without_first_part(arrival)]
    wrong = [f" (confirmation, sent) to {CARLA.email} was repeated with another calendar part"]
    assert found_words(stage, arrived) == ([], [], wrong)
    Mail.objects.filter(seat__booking=bookings[0]).update(state=Mail.State.DROPPED)
    assert found_words(stage, arrived) == ([], [], [])

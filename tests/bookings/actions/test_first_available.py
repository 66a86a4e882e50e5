"""“First available”: who gets a time that anybody may have, and what is kept of why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings import actions
from bookings.models import Booking, Claim, Hold, Service, write_service_hours
from bookings.openings.choice_words import explanation, why_staff
from connections.models import CalendarConfiguration, Connection
from practice.models import User
from tests.bookings.practice import CARLA, HOUR, Practice
from tests.factories import (
    LONG_AGO,
    NOW,
    START,
    BookingFactory,
    CalendarFactory,
    ClientFactory,
    DateOverrideFactory,
    HoldFactory,
    ServiceFactory,
    UserFactory,
    cancelled,
    office_hours,
)

DAY = timedelta(days=1)
VERA = actions.Visitor("vera")


def at_work(username: str, **more: Any) -> User:
    user = UserFactory.create(username=username, first_name=username.title(), **more)
    office_hours(user)
    return user


@pytest.fixture
def anna(db: None) -> User:
    return at_work("anna")


@pytest.fixture
def ben(db: None) -> User:
    return at_work("ben")


@pytest.fixture
def talk(anna: User, ben: User) -> Service:
    return ServiceFactory.create(name="Talk", slug="talk", staff=[anna, ben])


def has(user: User, service: Service, *starts: datetime, **more: Any) -> list[Booking]:
    """Bookings of an hour."""
    return [BookingFactory.create(staff=user, service=service, start=start, **more) for start in starts]


def book(service: Service, start: datetime = START, **more: Any) -> Booking:
    given: dict[str, Any] = {"staff": None, "client": CARLA, "now": NOW}
    return actions.book(service=service, start=start, **(given | more))


def hold(service: Service, start: datetime = START, visitor: actions.Visitor = VERA, **more: Any) -> Hold:
    given: dict[str, Any] = {"staff": None, "now": NOW}
    return actions.hold(service=service, start=start, visitor=visitor, **(given | more))


# --- the order --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", [book, hold])
def test_who_has_the_fewest_minutes_of_the_service_gets_it(
    talk: Service, anna: User, ben: User, verb: Callable[[Service], Booking | Hold]
) -> None:
    has(anna, talk, *(START + number * DAY for number in (1, 2, 6)))
    has(ben, talk, *(START + number * DAY for number in (1, 2, 3, 6, 7)))
    has(anna, ServiceFactory.create(), *(START + number * HOUR for number in range(1, 6)))
    made = verb(talk)
    assert (made.staff, made.why_staff) == (anna, {"rule": "minutes", "minutes": 180, "credit": 0, "share": 240})


def test_the_reason_is_said_in_few_words_and_explained(talk: Service, anna: User, ben: User) -> None:
    has(anna, talk, *(START + number * DAY for number in (1, 2, 6)))
    has(ben, talk, *(START + number * DAY for number in (1, 2, 3, 6, 7)))
    booking = book(talk)
    assert why_staff(booking) == "Anna: 180 of 240 minutes"
    assert explanation(booking) == (
        "When this was booked, Anna had 180 minutes of “Talk” in the 28 days around the date, and a fair share was "
        "240. Of those who were free, Anna had the fewest, measured by the share."
    )


@pytest.mark.parametrize(("days", "counts"), [(-15, False), (-14, True), (13, True), (14, False)])
def test_only_the_28_days_around_the_date_count(talk: Service, anna: User, ben: User, days: int, counts: bool) -> None:
    start = START + 21 * DAY
    has(anna, talk, start + days * DAY)
    has(ben, talk, start + 2 * DAY)
    has(ben, talk, start + 3 * DAY)
    assert book(talk, start).why_staff["minutes"] == (60 if counts else 0)


def test_pending_bookings_no_shows_and_holds_count_and_cancelled_ones_and_expired_holds_do_not(
    talk: Service, anna: User, ben: User
) -> None:
    has(anna, talk, START + HOUR, status="pending")
    [missed] = has(anna, talk, START - DAY)
    missed.seats.update(outcome="no_show")
    HoldFactory(staff=anna, service=talk, start=START + 2 * HOUR)
    HoldFactory(staff=anna, service=talk, start=START + 3 * HOUR, expires_at=NOW)
    cancelled(has(anna, talk, START + 4 * HOUR)[0])
    has(ben, talk, *(START + number * DAY for number in (1, 2, 3, 6, 7)))
    assert book(talk).why_staff == {"rule": "minutes", "minutes": 180, "credit": 0, "share": 240}


def test_minutes_count_in_proportion_to_the_weight(talk: Service, anna: User, ben: User) -> None:
    talk.weigh({ben.pk: 3})
    has(anna, talk, START + DAY)
    has(ben, talk, START + DAY, START + 2 * DAY)
    booking = book(talk)
    assert (booking.staff, why_staff(booking)) == (ben, "Ben: 120 of 135 minutes")


def test_a_weight_is_kept_while_somebody_does_not_offer_the_service(talk: Service, ben: User) -> None:
    talk.weigh({ben.pk: 3})
    talk.offer(ben, offers=False)
    assert talk.weights()[ben.pk] == 3
    talk.weigh({ben.pk: 4})
    talk.offer(ben, offers=True)
    assert talk.weights()[ben.pk] == 4


def test_who_joins_is_credited_with_what_the_others_had_before(talk: Service, anna: User, ben: User) -> None:
    cem = at_work("cem")
    talk.staff.add(cem, through_defaults={"since": NOW})
    has(anna, talk, *(NOW - number * DAY for number in (3, 4, 5)))
    has(ben, talk, NOW - 3 * DAY)
    has(anna, talk, START + DAY)
    has(cem, talk, START + DAY)
    booking = book(talk)
    assert booking.why_staff == {"rule": "minutes", "minutes": 60, "credit": 0, "share": 160}
    has(ben, talk, START + 2 * DAY, START + 3 * DAY)
    booking = book(talk)
    assert (booking.staff, why_staff(booking)) == (cem, "Cem: 180 of 220 minutes")
    assert "Of these, 120 minutes make up for days on which Cem was away or had not joined yet." in explanation(booking)


def test_vacation_is_credited_too(talk: Service, anna: User, ben: User) -> None:
    DateOverrideFactory(user=ben, date=(START + DAY).date())
    has(anna, talk, START + DAY)
    has(ben, talk, START + 2 * DAY)
    booking = book(talk)
    assert (booking.staff, booking.why_staff["credit"]) == (anna, 0)
    has(anna, talk, START + 2 * DAY)
    booking = book(talk, START + 3 * DAY)
    assert (booking.staff, why_staff(booking)) == (ben, "Ben: 120 of 150 minutes")
    assert "Of these, 60 minutes make up for days on which Ben was away or had not joined yet." in explanation(booking)


def test_of_equals_the_one_who_has_waited_longest_gets_it(talk: Service, anna: User, ben: User) -> None:
    has(ben, talk, START + 40 * DAY)
    has(anna, talk, START + 41 * DAY)
    booking = book(talk)
    assert (booking.staff, why_staff(booking)) == (ben, "Ben: 0 of 0 minutes, and has waited longest")
    assert explanation(booking).endswith("Others who were free had as few, but Ben has waited longest for a booking.")


def test_who_is_equal_in_everything_is_told_apart_by_a_fixed_order(talk: Service) -> None:
    first, again = hold(talk), hold(talk, visitor=actions.Visitor("otto"), start=START + 41 * DAY)
    assert why_staff(Booking(staff=first.staff, service=talk, why_staff=first.why_staff)) == (
        f"{first.staff.first_name}: 0 of 0 minutes, like others"
    )
    assert (again.staff != first.staff, again.why_staff["rule"]) == (True, "waited")


def test_who_is_the_only_one_free_gets_it_whatever_they_have(talk: Service, anna: User, ben: User) -> None:
    has(anna, talk, START + DAY, START + 2 * DAY)
    has(ben, ServiceFactory.create(), START)
    booking = book(talk)
    assert (booking.staff, why_staff(booking)) == (anna, "Anna: nobody else was free")
    assert explanation(booking) == (
        "The client chose nobody in particular. Nobody else who offers “Talk” was known to be free."
    )


def test_whose_limit_is_reached_is_not_free(talk: Service, anna: User, ben: User) -> None:
    CalendarConfiguration.objects.filter(user=ben).update(max_per_day=1)
    has(ben, ServiceFactory.create(), START + 2 * HOUR)
    has(anna, talk, START + DAY)
    assert [hold(talk).staff, book(talk, START + HOUR).staff] == [anna, anna]


def test_what_is_held_counts_for_limits_and_minutes(talk: Service, anna: User, ben: User) -> None:
    CalendarConfiguration.objects.filter(user=ben).update(max_per_day=1)
    has(anna, talk, START + DAY)
    has(anna, talk, START + 2 * DAY)
    held = [hold(talk, START + number * HOUR, actions.Visitor(f"v{number}")).staff for number in range(2)]
    assert held == [ben, anna]


def test_no_opening_is_hidden_for_fairness(talk: Service, anna: User, ben: User) -> None:
    has(anna, talk, *(START + number * DAY for number in (1, 2, 3)))
    has(ben, talk, START)
    assert book(talk, START).staff == anna


# --- the previous person ----------------------------------------------------------------------------------------------


@pytest.fixture
def carla_of_anna(talk: Service, anna: User) -> None:
    """Carla was with Anna, who has more bookings than Ben."""
    carla = ClientFactory.create(name=CARLA.name, email=CARLA.email)
    has(anna, talk, START - 3 * DAY, client=carla)
    has(anna, talk, START + DAY, START + 2 * DAY)


@pytest.mark.usefixtures("carla_of_anna")
def test_the_clients_previous_person_comes_first_only_if_the_service_says_so(
    talk: Service, anna: User, ben: User
) -> None:
    assert book(talk).staff == ben
    talk.previous_person_first = True
    booking = book(talk, START + HOUR)
    assert (booking.staff, why_staff(booking)) == (ben, "Ben: the client’s previous person")
    actions.cancel(booking, now=NOW)
    cancelled(Booking.objects.get(start=START, staff=ben))
    booking = book(talk, START + HOUR)
    assert (booking.staff, why_staff(booking)) == (anna, "Anna: the client’s previous person")
    assert explanation(booking) == (
        "The client chose nobody in particular. In this service a client’s previous person comes first, and Anna "
        "was free."
    )


@pytest.mark.usefixtures("carla_of_anna")
def test_the_previous_person_for_the_service_counts_before_one_for_another(
    talk: Service, anna: User, ben: User
) -> None:
    talk.previous_person_first = True
    has(ben, ServiceFactory.create(), START - DAY, client=Booking.objects.earliest("pk").client)
    assert book(talk).staff == anna


@pytest.mark.usefixtures("carla_of_anna")
def test_a_previous_person_who_is_not_free_and_an_unknown_client_change_nothing(
    talk: Service, anna: User, ben: User
) -> None:
    talk.previous_person_first = True
    assert book(talk, client=actions.ClientDetails("Otto")).staff == ben
    has(anna, ServiceFactory.create(), START + HOUR)
    booking = book(talk, START + HOUR)
    assert (booking.staff, booking.why_staff["rule"]) == (ben, "only")


@pytest.mark.usefixtures("carla_of_anna")
def test_a_visitor_is_not_told_with_whom_somebody_was(talk: Service, ben: User) -> None:
    talk.previous_person_first = True
    held = hold(talk)
    assert (held.staff, book(talk, hold=held).staff) == (ben, ben)


# --- what is kept -----------------------------------------------------------------------------------------------------


def test_whoever_was_chosen_with_the_hold_stays_when_it_is_booked(talk: Service, anna: User, ben: User) -> None:
    has(anna, talk, START + DAY)
    held = hold(talk)
    has(ben, talk, START + DAY, START + 2 * DAY)
    booking = book(talk, hold=held)
    assert (held.staff, booking.staff, booking.why_staff == held.why_staff) == (ben, ben, True)


def test_the_same_time_again_stays_with_the_same_person(talk: Service, anna: User, ben: User) -> None:
    has(anna, talk, START + DAY)
    held = hold(talk)
    has(ben, talk, START + DAY, START + 2 * DAY)
    assert (hold(talk), held.staff) == (held, ben)
    named = hold(talk, staff=ben)
    assert (named.pk == held.pk, named.staff, named.why_staff) == (False, ben, {})
    assert hold(talk).staff == anna


def test_if_the_time_went_another_person_who_is_free_then_gets_it(talk: Service, anna: User, ben: User) -> None:
    has(anna, talk, START + DAY)
    held = hold(talk)
    actions.release(held, NOW)
    has(ben, talk, START)
    booking = book(talk, hold=Hold.objects.get(pk=held.pk))
    assert (booking.staff, booking.claim and booking.claim.staff, why_staff(booking)) == (
        anna,
        anna,
        "Anna: nobody else was free",
    )


def test_a_person_who_was_asked_for_is_not_exchanged(talk: Service, anna: User, ben: User) -> None:
    held = hold(talk, staff=ben)
    actions.release(held, NOW)
    has(ben, talk, START)
    with pytest.raises(actions.NotOpen):
        book(talk, staff=ben, hold=Hold.objects.get(pk=held.pk))
    assert (held.is_for_anybody, held.why_staff) == (False, {})


def test_whose_calendar_would_keep_the_client_waiting_is_exchanged(practice: Practice) -> None:
    ben = at_work("ben")
    practice.service.staff.add(ben, through_defaults={"since": LONG_AGO})
    has(ben, practice.service, START + DAY)
    held = hold(practice.service, now=practice.now)
    practice.icloud.down()
    practice.later(2 * HOUR)
    booking = book(practice.service, hold=held, now=practice.now)
    assert (held.staff, booking.staff, booking.status) == (practice.user, ben, "confirmed")
    assert Claim.objects.get(booking=booking).staff == ben


def test_if_nobodys_calendar_can_be_read_it_stays_and_waits(practice: Practice) -> None:
    ben = at_work("ben")
    CalendarFactory(connection__user=ben, fresh_at=NOW - DAY)
    practice.service.staff.add(ben, through_defaults={"since": LONG_AGO})
    held = hold(practice.service, now=practice.now)
    Connection.objects.update(error_code="unreachable")
    practice.icloud.down()
    practice.later(2 * HOUR)
    booking = book(practice.service, hold=held, now=practice.now)
    assert (held.staff, booking.status, booking.cause) == (practice.user, "pending", "calendar_unreadable")


def test_a_client_who_moves_stays_with_the_same_person_or_goes_to_the_first_available(
    talk: Service, anna: User, ben: User
) -> None:
    cem = at_work("cem")
    talk.staff.add(cem, through_defaults={"since": LONG_AGO})
    booking = book(talk, staff=anna)
    has(ben, talk, START + 6 * DAY)
    people = [anna, ben, cem]
    moved = actions.choose_time(booking, start=START + HOUR, people=people, now=NOW)
    assert (moved.staff, moved.why_staff) == (anna, {})
    has(anna, talk, START + DAY)
    moved = actions.choose_time(moved, start=START + DAY, people=people, now=NOW)
    assert (moved.staff, moved.claim and moved.claim.staff, why_staff(moved)) == (cem, cem, "Cem: 0 of 40 minutes")
    assert actions.choose_time(moved, start=START + DAY, people=people, now=NOW).staff == cem
    moved = actions.choose_time(moved, start=START + 2 * DAY, people=[ben], now=NOW)
    assert (moved.staff, moved.why_staff) == (ben, {})


def test_staff_who_insist_without_naming_a_person_get_whoever_has_least(talk: Service, anna: User, ben: User) -> None:
    has(anna, talk, START, START + DAY)
    has(ben, talk, START)
    booking = book(talk, anyway=True)
    assert (booking.staff, booking.overlap_allowed) == (ben, True)


def test_nobody_can_insist_on_somebody_who_is_deactivated_meanwhile(
    talk: Service, anna: User, ben: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    has(anna, talk, START, START + DAY)
    has(ben, talk, START)
    monkeypatch.setitem(actions.book.__globals__, "candidates", lambda _service, _staff: [anna, ben])  # a moment before
    User.objects.filter(pk=ben.pk).update(is_active=False)
    assert book(talk, anyway=True).staff == anna
    User.objects.filter(pk=anna.pk).update(is_active=False)
    with pytest.raises(actions.NotOpen):
        book(talk, anyway=True)


def test_another_length_at_the_same_time_is_chosen_anew_and_booked(talk: Service, anna: User, ben: User) -> None:
    talk.other_minutes = [90]
    has(anna, talk, START + DAY)
    held = hold(talk)
    has(ben, ServiceFactory.create(), START + HOUR)
    longer = hold(talk.lasting(90))
    assert (held.staff, longer.staff, longer.why_staff["rule"]) == (ben, anna, "only")
    booking = book(longer.chosen_service, hold=longer)
    assert (booking.staff, booking.end - booking.start) == (anna, timedelta(minutes=90))


def test_own_hours_for_the_service_decide_who_is_free(talk: Service, anna: User, ben: User) -> None:
    has(anna, talk, START + DAY)
    write_service_hours(talk, ben, [(START.weekday(), (time(14), time(17)))])
    assert [book(talk, START + hours * HOUR).staff for hours in (0, 4)] == [anna, ben]


def test_if_nobody_is_free_the_refusal_names_a_reason_and_other_times(talk: Service, anna: User, ben: User) -> None:
    has(anna, talk, START)
    has(ben, talk, START)
    with pytest.raises(actions.NotOpen) as refused:
        book(talk)
    assert str(refused.value) == "Another booking is at this time (10:00–11:00)."
    assert [one.start for one in refused.value.alternatives][:2] == [START + HOUR, START + HOUR]


# --- what it costs ----------------------------------------------------------------------------------------------------


def queries_of(verb: Callable[..., Any], service: Service, start: datetime) -> int:
    with CaptureQueriesContext(connection) as queries:
        verb(service, start)
    return len(queries)


@pytest.mark.parametrize("verb", [book, hold])
def test_the_number_of_queries_does_not_depend_on_how_many_offer_the_service(
    db: None, verb: Callable[[Service, datetime], Booking | Hold]
) -> None:
    ClientFactory.create(name=CARLA.name, email=CARLA.email, phone="+49301")
    counts = []
    for number, size in enumerate((2, 12)):
        staff = [at_work(f"of-{size}-{one}") for one in range(size)]
        for user in staff:
            CalendarFactory(connection__user=user, fresh_at=NOW)
        service = ServiceFactory.create(staff=staff)
        has(staff[0], service, START + DAY)
        counts.append(queries_of(verb, service, START + number * HOUR))
    assert counts[0] == counts[1]

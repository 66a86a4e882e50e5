"""Choosing calendars and their rules: what is refused with which sentence, and what follows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connections import accounts
from connections.accounts import ConfigurationRefused
from connections.busy import busy
from connections.models import Calendar, CalendarConfiguration, Connection, Event, Occurrence
from connections.sync import apply
from connections.sync.state import lease
from practice.models import User
from tests.connections.engine import World, at
from tests.factories import CalendarFactory


def choices(user: User) -> dict[str, bool]:
    return dict(Calendar.objects.of(user).values_list("name", "is_conflict_calendar"))


def test_the_linked_calendar_blocks_too_and_the_choice_replaces_the_one_before(connected: World) -> None:
    connected.choose("Team", linked="Work")
    assert choices(connected.user) == {"Home": False, "Work": True, "Team": True}
    configuration = CalendarConfiguration.objects.get(user=connected.user)
    assert (configuration.linked_calendar, configuration.saved_at) == (connected.calendar("Work"), connected.now)
    connected.choose("Home", linked="Work")
    assert choices(connected.user) == {"Home": True, "Work": True, "Team": False}


def test_a_formerly_linked_calendar_stays_a_conflict_calendar(world: World) -> None:
    world.choose(linked="Home")
    assert choices(world.user) == {"Home": True, "Work": True, "Team": False}
    world.choose(linked="Home")
    assert choices(world.user) == {"Home": True, "Work": False, "Team": False}


def test_without_a_linked_calendar_bookings_stay_in_kalends(world: World) -> None:
    world.choose("Team")
    assert CalendarConfiguration.objects.get(user=world.user).linked_calendar is None


def test_a_read_only_calendar_cannot_be_linked_and_the_sentence_says_why(connected: World) -> None:
    with pytest.raises(ConfigurationRefused) as caught:
        connected.choose(linked="Team")
    assert str(caught.value) == (
        "“Team” is read-only for you, so bookings cannot be added to it. Choose a calendar with writer’s access, or "
        "let it only block."
    )
    assert CalendarConfiguration.objects.get(user=connected.user).saved_at is None


def test_a_calendar_that_is_gone_can_stay_chosen_but_not_be_chosen_or_linked(world: World) -> None:
    Calendar.objects.filter(name__in=["Work", "Home"]).update(gone_at=world.now)
    world.choose("Work")
    assert choices(world.user) == {"Home": False, "Work": True, "Team": False}
    with pytest.raises(ConfigurationRefused, match="“Home” is no longer in the account, so it cannot be chosen"):
        world.choose("Work", "Home")
    with pytest.raises(ConfigurationRefused, match=r"“Work” is no longer in the account\. Choose another linked"):
        world.choose(linked="Work")


def test_a_calendar_that_is_gone_goes_altogether_when_it_is_unticked(world: World) -> None:
    Calendar.objects.filter(name="Work").update(gone_at=world.now, error_code="calendar_gone")
    world.choose("Home")
    assert choices(world.user) == {"Home": True, "Team": False}


def test_a_calendar_of_somebody_else_cannot_be_chosen(world: World) -> None:
    foreign = CalendarFactory()
    for how in ({"linked": foreign, "conflicts": []}, {"linked": None, "conflicts": [foreign]}):
        with pytest.raises(ConfigurationRefused, match="only be chosen by its owner"):
            accounts.configure(world.user, now=world.now, **how)


def test_what_is_unticked_is_forgotten_and_read_anew_when_it_is_ticked_again(world: World) -> None:
    world.add("Dentist", at(10))
    world.sync()
    world.choose("Home")
    assert (world.known(), busy(world.user, at(0), at(23))) == ({}, [])
    world.choose("Home", "Work")
    assert world.freshness().state == "never_read"
    world.sync()
    assert (world.seen(), world.freshness().state) == (["01.12. 10:00-11:00 Dentist BUSY"], "fresh")


def test_a_choice_is_read_at_the_next_poll(world: World) -> None:
    world.choose("Home")
    assert world.connection.next_sync_at == world.now


def test_after_the_choice_nothing_is_to_be_asked_about(world: World) -> None:
    world.account.add_calendar("Kids")
    world.sync()
    world.choose("Work", linked="Work")
    assert world.calendar("Kids").asked_about is True


def stored(world: World, title: str) -> list[bool]:
    """Does what is stored of each event have this title: in the event, in its text, in its occurrences?"""
    events = list(Event.objects.filter(calendar__connection__user=world.user))
    occurrences = list(Occurrence.objects.filter(event__in=events).values_list("summary", flat=True))
    texts = [bytes(event.text) for event in events]
    return [
        title in [event.summary for event in events],
        any(title.encode() in text for text in texts),
        title in occurrences,
    ]


def test_until_the_first_choice_times_are_stored_and_no_titles(connected: World) -> None:
    connected.add("Therapy", at(10))
    for how in ({}, {"full": True}):
        connected.sync(**how)
        assert (connected.seen(), stored(connected, "Therapy")) == (["01.12. 10:00-11:00  BUSY"], [False] * 3)


def test_the_first_choice_has_the_titles_read_at_the_next_poll(connected: World) -> None:
    connected.add("Therapy", at(10))
    connected.sync()
    connected.choose("Work", linked="Work")
    assert (stored(connected, "Therapy"), connected.freshness().bookable) == ([False] * 3, True)
    assert [report.unfinished for report in connected.poll(after=1)] == [True]
    assert (connected.sync(probed=True, after=1).changed, stored(connected, "Therapy")) == (1, [True] * 3)
    assert connected.seen() == ["01.12. 10:00-11:00 Therapy BUSY"]


def test_the_first_choice_reads_no_titles_of_a_calendar_of_which_only_times_are_kept(connected: World) -> None:
    connected.add("Therapy", at(10))
    connected.add("Gym", at(12), calendar="Home")
    connected.sync()
    Calendar.objects.filter(name="Work").update(times_only=True)
    connected.choose("Work", "Home")
    assert (connected.sync().changed, connected.seen()) == (
        1,
        ["01.12. 10:00-11:00  BUSY", "01.12. 12:00-13:00 Gym BUSY"],
    )


def test_a_later_choice_reads_nothing_again(connected: World) -> None:
    connected.add("Therapy", at(10))
    for changed in (1, 0):
        connected.choose("Work", linked="Work")
        assert connected.sync().changed == changed


def test_a_sync_that_began_before_the_first_choice_stores_nothing_any_more(connected: World) -> None:
    connected.sync()
    [held] = lease(Connection.objects.all(), connected.now + timedelta(minutes=5))
    calendar = held.states[connected.calendar().path].calendar
    context = apply.ReadContext.of(calendar, connected.now)
    connected.choose("Work", linked="Work")
    with pytest.raises(apply.ChoiceChanged):
        apply.write(calendar, held.connection.lease_token, [], {"/unread.ics": "1"}, context, connected.now)

"""Blocked slots on the iPhone, for those who want that."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from availability.models import BlockedSlot
from bookings import actions
from bookings.models import MirroredSlot
from bookings.push import mirrored_slots
from connections import accounts, ical, push
from connections.models import Calendar, CalendarConfiguration
from tests.bookings.practice import HOUR, Practice, berlin, utc
from tests.factories import NOW, START
from tests.pages import texts


@pytest.fixture
def slot(practice: Practice) -> BlockedSlot:
    """Tuesday 10 to 12, blocked by hand."""
    return BlockedSlot.objects.create(user=practice.user, start=START, end=START + 2 * HOUR, note="Paperwork")


def mirror(practice: Practice, *, on: bool = True) -> list[str]:
    """Choose, and do what the schedule does."""
    CalendarConfiguration.objects.update(mirror_blocked_slots=on)
    mirrored_slots.follow_slots(practice.now)
    pushed = practice.push()
    practice.sync()
    return pushed


def titles(practice: Practice) -> list[tuple[str, object]]:
    """Titles and starts of what iCloud has in the linked calendar."""
    phone, home = practice.phone, practice.account.calendar("Home")
    found = []
    for href, resource in home.resources.items():
        text = resource.data.decode()
        found.append((text.partition("SUMMARY:")[2].partition("\r\n")[0], phone.begins(href)))
    return found


def spans() -> list[tuple[object, object]]:
    return [(slot.start, slot.end) for slot in BlockedSlot.objects.all()]


def test_unless_asked_for_nothing_is_written(practice: Practice, slot: BlockedSlot) -> None:
    assert (mirror(practice, on=False), practice.events()) == ([], [])


def test_a_blocked_slot_is_written_once_with_its_note_and_blocks_once(practice: Practice, slot: BlockedSlot) -> None:
    assert mirror(practice) == ["pushed"]
    assert titles(practice) == [("Paperwork", berlin(1, 10))]
    practice.poll_later()
    assert (mirror(practice), len(practice.events())) == ([], 1)
    slot.delete()
    mirrored_slots.follow_slots(practice.now)
    assert practice.book().status == "confirmed"  # its event is on its way out and blocks nothing


def test_where_only_busy_is_shown_the_note_stays_here(practice: Practice, slot: BlockedSlot) -> None:
    CalendarConfiguration.objects.update(detail="busy")
    mirror(practice)
    assert titles(practice) == [("Busy", berlin(1, 10))]


def test_a_removed_slot_goes_from_the_iphone(practice: Practice, slot: BlockedSlot) -> None:
    mirror(practice)
    slot.delete()
    assert (mirror(practice), practice.events()) == (["pushed"], [])


def test_choosing_otherwise_takes_the_events_away_and_keeps_the_slots(practice: Practice, slot: BlockedSlot) -> None:
    mirror(practice)
    assert (mirror(practice, on=False), practice.events()) == (["pushed"], [])
    assert spans() == [(START, START + 2 * HOUR)]


def test_a_slot_moved_on_the_phone_moves(practice: Practice, slot: BlockedSlot) -> None:
    mirror(practice)
    practice.phone.move(practice.events()[0], berlin(1, 14))
    practice.poll_later()
    assert spans() == [(utc(1, 13), utc(1, 15))]
    assert (mirror(practice), practice.book().start) == ([], START)


def test_a_slot_deleted_on_the_phone_goes_after_two_polls(practice: Practice, slot: BlockedSlot) -> None:
    mirror(practice)
    practice.phone.delete(practice.events()[0])
    practice.poll_later()
    assert len(spans()) == 1
    practice.poll_later()
    assert spans() == []
    assert (mirror(practice), practice.events()) == (["pushed"], [])


def test_a_slot_made_repeating_on_the_phone_stands_and_its_event_blocks_the_rest(
    practice: Practice, slot: BlockedSlot
) -> None:
    mirror(practice)
    practice.phone.repeat(practice.events()[0], "FREQ=DAILY;COUNT=2")
    practice.poll_later()
    assert spans() == [(START, START + 2 * HOUR)]
    with pytest.raises(Exception, match="An event in “Home”"):
        practice.book(START + timedelta(days=1))


def test_a_slot_deleted_in_another_calendar_is_followed_there(practice: Practice, slot: BlockedSlot) -> None:
    mirror(practice)
    new = practice.phone.move_to(practice.events()[0], practice.account.calendar("Work"))
    practice.phone.move(new, berlin(1, 15))
    practice.poll_later()
    assert (spans(), MirroredSlot.objects.get().href) == ([(utc(1, 14), utc(1, 16))], new)


def connect_again(practice: Practice) -> None:
    password = practice.account.new_app_password("again")
    practice.connection = accounts.connect(
        practice.user, username="anna@example.com", password=password, url=practice.icloud.entry_url, now=practice.now
    )
    home = Calendar.objects.get(name="Home")
    accounts.configure(practice.user, linked=home, conflicts=[], now=practice.now)


def test_who_disconnects_can_take_the_events_of_blocked_slots_along(practice: Practice, slot: BlockedSlot) -> None:
    mirror(practice)
    summary = actions.disconnect_summary(practice.connection, practice.now)
    assert (summary.pushed, summary.mirrored) == (0, 1)
    actions.disconnect(practice.connection, remove=True, now=practice.now)
    assert (practice.events(), spans()) == ([], [(START, START + 2 * HOUR)])


@pytest.mark.parametrize("first", ["the sync", "the schedule"])
def test_after_reconnecting_a_slot_stands_there_once_and_goes_when_it_is_removed(
    practice: Practice, slot: BlockedSlot, first: str
) -> None:
    mirror(practice)
    actions.disconnect(practice.connection, remove=False, now=practice.now)
    connect_again(practice)
    if first == "the sync":
        practice.sync()
    mirror(practice)
    mirror(practice)
    assert titles(practice) == [("Paperwork", berlin(1, 10))]
    slot.delete()
    mirror(practice)
    assert practice.events() == []


def test_an_event_that_was_not_seen_once_is_not_half_deleted(practice: Practice, slot: BlockedSlot) -> None:
    mirror(practice)
    MirroredSlot.objects.update(missing_since=practice.now)
    practice.phone.rename(practice.events()[0], "Paperwork at home")
    practice.poll_later()
    assert MirroredSlot.objects.get().missing_since is None


@pytest.mark.time_machine(NOW, tick=False)
def test_the_page_says_how_each_slot_stands_with_the_iphone(
    practice: Practice, slot: BlockedSlot, client: Client
) -> None:
    client.force_login(practice.user)
    badge = "//section[@id='blocked']//td//span[contains(@class, 'badge')]"

    def said() -> list[str]:
        return texts(client.get("/calendars/settings/availability/"), badge)

    assert said() == ["Not shown on your iPhone"]
    CalendarConfiguration.objects.update(mirror_blocked_slots=True)
    assert said() == ["Waiting to be sent"]
    practice.icloud.down()
    mirrored_slots.follow_slots(practice.now)
    practice.push()
    assert said() == ["Trying again"]
    practice.icloud.up()
    practice.later()
    mirror(practice)
    assert said() == ["On the calendar"]
    mirror(practice, on=False)
    assert said() == ["Not shown on your iPhone"]


def shown(practice: Practice) -> tuple[list[tuple[str, object]], str]:
    """What iCloud has, and how its placement stands."""
    return titles(practice), MirroredSlot.objects.get().state


def only_busy(practice: Practice) -> None:
    CalendarConfiguration.objects.update(detail="busy")
    mirrored_slots.reword_slots(practice.user)


def test_a_slot_moved_on_the_phone_while_other_words_wait_moves_and_gets_them(
    practice: Practice, slot: BlockedSlot
) -> None:
    mirror(practice)
    practice.phone.move(practice.events()[0], berlin(1, 14))
    only_busy(practice)
    assert practice.push() == ["changed_on_both_sides"]
    practice.poll_later()
    assert (practice.push(), spans()) == (["pushed"], [(utc(1, 13), utc(1, 15))])
    assert shown(practice) == ([("Busy", berlin(1, 14))], "pushed")
    practice.poll_later()
    assert (practice.push(), len(practice.events())) == ([], 1)


@pytest.mark.parametrize("polled", [True, False])
@pytest.mark.parametrize("reshape", ["make_all_day", "make_floating", "repeat", "no length"])
def test_an_event_that_the_phone_reshaped_gets_other_words_and_keeps_its_shape(
    practice: Practice, slot: BlockedSlot, reshape: str, polled: bool
) -> None:
    mirror(practice)
    [href] = practice.events()
    if reshape == "no length":
        practice.phone.lengthen(href, -2 * HOUR)
    elif reshape == "repeat":
        practice.phone.repeat(href, "FREQ=DAILY;COUNT=3")
        practice.phone.change_one(href, berlin(2, 10), title="Paperwork")
    else:
        getattr(practice.phone, reshape)(href)
    if polled:
        practice.poll_later()
    before = practice.account.calendar("Home").resources[href].data
    only_busy(practice)
    assert practice.push() == ["pushed"]
    practice.poll_later(2)
    after = practice.account.calendar("Home").resources[href].data
    assert (b"Paperwork" in before, b"Paperwork" in after) == (True, False)
    kept = ("shape", "start", "end")
    assert [getattr(ical.own_event(after), name) for name in kept] == [
        getattr(ical.own_event(before), name) for name in kept
    ]
    assert (MirroredSlot.objects.get().state, spans()) == ("pushed", [(START, START + 2 * HOUR)])


def test_a_create_that_was_not_heard_and_then_moved_on_the_phone_is_followed(
    practice: Practice, slot: BlockedSlot
) -> None:
    CalendarConfiguration.objects.update(mirror_blocked_slots=True)
    mirrored_slots.follow_slots(practice.now)
    practice.icloud.faults.lost(method="PUT", times=2)
    assert practice.push() == ["retrying"]
    practice.phone.move(practice.events()[0], berlin(1, 14))
    practice.later()
    assert practice.push() == ["changed_on_both_sides"]
    practice.poll_later()
    assert (practice.push(), spans()) == (["pushed"], [(utc(1, 13), utc(1, 15))])
    assert shown(practice) == ([("Paperwork", berlin(1, 14))], "pushed")


def test_other_words_chosen_while_a_slot_is_on_its_way_are_sent_after_it(
    practice: Practice, slot: BlockedSlot, monkeypatch: pytest.MonkeyPatch
) -> None:
    CalendarConfiguration.objects.update(mirror_blocked_slots=True)
    mirrored_slots.follow_slots(practice.now)
    put = push.put

    def meanwhile(*given: Any, **more: Any) -> push.Stored:
        only_busy(practice)
        return put(*given, **more)

    with monkeypatch.context() as patched:
        patched.setattr(push, "put", meanwhile)
        assert practice.push() == ["queued"]
    assert practice.push() == ["pushed"]
    assert shown(practice) == ([("Busy", berlin(1, 10))], "pushed")

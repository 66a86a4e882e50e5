"""A slot blocked by hand follows what the phone made of its event, also where Kalends does not read."""

from __future__ import annotations

from availability.models import BlockedSlot
from bookings.push import mirrored_slots
from connections.models import CalendarConfiguration
from tests.bookings.practice import Practice, berlin


def test_a_slot_in_a_calendar_that_is_not_read_follows_its_event(practice: Practice) -> None:
    CalendarConfiguration.objects.update(mirror_blocked_slots=True)
    slot = BlockedSlot.objects.create(user=practice.user, start=berlin(1, 10), end=berlin(1, 11))
    mirrored_slots.follow_slots(practice.now)
    practice.push()
    practice.sync()
    private = practice.account.add_calendar("Private")
    practice.phone.move(practice.phone.move_to(practice.events()[0], private), berlin(1, 15))
    practice.poll_later(3)
    slot.refresh_from_db()
    assert (slot.start, slot.end) == (berlin(1, 15), berlin(1, 16))


def test_a_slot_moved_away_and_back_again_before_it_is_removed_goes_all_the_same(practice: Practice) -> None:
    CalendarConfiguration.objects.update(mirror_blocked_slots=True)
    slot = BlockedSlot.objects.create(user=practice.user, start=berlin(1, 10), end=berlin(1, 11))
    mirrored_slots.follow_slots(practice.now)
    practice.push()
    practice.sync()
    away = practice.phone.move_to(practice.events()[0], practice.account.calendar("Work"))
    practice.phone.move_to(away, practice.account.calendar("Home"))
    slot.delete()
    mirrored_slots.follow_slots(practice.now)
    assert practice.push() == ["pushed"]
    practice.poll_later(2)
    assert (practice.push(), practice.events()) == (["pushed"], [])

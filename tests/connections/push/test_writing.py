"""What the phone did is never overwritten unread, and our own write is only believed when it is read back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from connections import dav, ical, push
from connections.models import Event
from tests.connections.engine import World, at

HOUR = timedelta(hours=1)
DRAFT = ical.EventDraft("UID-1", at(10), at(11), "Europe/Berlin", "Yoga")
LATER = replace(DRAFT, start=at(12), end=at(13))
RENAMED = replace(DRAFT, summary="Pilates")


def pushed(world: World, draft: ical.EventDraft = DRAFT) -> push.Placement:
    """An event that was put into Work, as both sides agree on it."""
    calendar = world.calendar()
    stored = push.put(calendar, push.Placement(f"{calendar.path}UID-1.ics"), draft, now=world.now)
    return push.Placement(stored.href, stored.etag, draft.start, draft.end, ical.compose(draft, now=world.now))


def put(world: World, placement: push.Placement, draft: ical.EventDraft) -> push.Stored:
    return push.put(world.calendar(), placement, draft, now=world.now)


def texts(world: World) -> list[bytes]:
    return [resource.data for resource in world.theirs("Work").resources.values()]


@pytest.mark.parametrize("draft", [DRAFT, LATER, RENAMED])
def test_an_event_that_was_cancelled_on_the_phone_is_not_overwritten(world: World, draft: ical.EventDraft) -> None:
    placement = pushed(world)
    world.phone.cancel(placement.href)
    before = texts(world)
    with pytest.raises(push.ChangedThere) as changed:
        put(world, placement, draft)
    found = ical.own_event(changed.value.stored.text)
    assert (found.cancelled, found.shape, found.start, texts(world)) == (True, "timed", at(10), before)


def test_an_event_that_the_phone_moved_is_not_overwritten(world: World) -> None:
    placement = pushed(world)
    world.phone.move(placement.href, at(15))
    before = texts(world)
    with pytest.raises(push.ChangedThere):
        put(world, placement, LATER)
    assert texts(world) == before


def test_what_the_phone_added_stays_when_the_time_changes(world: World) -> None:
    placement = pushed(world)
    world.phone.annotate(placement.href, "Bring the mat")
    stored = put(world, placement, LATER)
    found = ical.own_event(stored.text)
    assert (found.start, found.end, b"Bring the mat" in stored.text) == (at(12), at(13), True)


@pytest.mark.parametrize("draft", [RENAMED, LATER])
def test_the_version_that_was_just_replaced_is_no_answer_to_our_write(world: World, draft: ical.EventDraft) -> None:
    placement = pushed(world)
    world.icloud.switches.etag_on_put = False
    world.icloud.switches.lag_seconds, world.icloud.switches.lag_shows = 60, "old"
    with pytest.raises(dav.Unavailable):
        put(world, placement, draft)
    assert Event.objects.get(href=placement.href).etag == placement.etag


def test_texts_alone_are_written_and_the_version_they_replaced_is_no_answer(world: World) -> None:
    placement = pushed(world)
    stored = push.Stored(placement.href, placement.etag, texts(world)[0])
    world.icloud.switches.etag_on_put = False
    world.icloud.switches.lag_seconds, world.icloud.switches.lag_shows = 60, "old"
    with pytest.raises(dav.Unavailable):
        push.put_texts(world.calendar(), stored, RENAMED, agreed=placement.text, now=world.now)
    assert Event.objects.get(href=placement.href).etag == placement.etag


def test_a_write_without_an_etag_is_read_back(world: World) -> None:
    placement = pushed(world)
    world.icloud.switches.etag_on_put = False
    stored = put(world, placement, RENAMED)
    assert (stored.etag, b"Pilates" in stored.text) == (world.there()[placement.href], True)

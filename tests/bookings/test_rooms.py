"""Rooms of video calls."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from bookings.rooms import check_location, is_call_link, new_room, with_room
from tests.factories import BookingFactory, ServiceFactory

LINK = "https://meet.example.org/{room}"


def test_a_room_is_128_random_bits_that_stand_in_a_link() -> None:
    rooms = {new_room() for _ in range(100)}
    assert (len(rooms), {len(room) for room in rooms}) == (100, {32})
    assert {room.isalnum() for room in rooms} == {True}


def test_the_room_stands_where_the_link_names_it() -> None:
    assert with_room(f"{LINK}#{{room}}", "ab12") == "https://meet.example.org/ab12#ab12"
    assert with_room("Hauptstr. 1", "ab12") == "Hauptstr. 1"


@pytest.mark.parametrize(
    ("location", "is_link"), [(LINK, True), ("http://a.example/", True), ("Our shop, https://a.example/", False)]
)
def test_only_what_begins_like_an_address_is_a_link(location: str, is_link: bool) -> None:
    assert is_call_link(location) == is_link


@pytest.mark.parametrize(
    ("location", "is_call"), [(LINK, True), ("We send you the link", True), ("https://a.example/", False), ("", False)]
)
def test_words_and_links_are_locations(location: str, is_call: bool) -> None:
    assert check_location(location, is_call=is_call) is None  # type: ignore[func-returns-value]


@pytest.mark.parametrize(
    ("location", "is_call"),
    [(LINK, False), ("room {room}", True), ("https://meet/", True), ("https://meet.example.org/{name}", True)],
)
def test_a_room_outside_a_call_and_a_link_that_leads_nowhere_are_refused(location: str, is_call: bool) -> None:
    with pytest.raises(ValidationError):
        check_location(location, is_call=is_call)


@pytest.mark.django_db
def test_each_booking_has_a_room_of_its_own_that_is_no_part_of_its_link() -> None:
    service = ServiceFactory(location_kind="video", location=LINK)
    one, other = BookingFactory(service=service), BookingFactory(service=service)
    assert one.room != other.room
    assert one.location == f"https://meet.example.org/{one.room}"
    assert one.room not in one.seat.link
    one.refresh_from_db()
    assert one.location == f"https://meet.example.org/{one.room}"

"""What is stored of a foreign event."""

from __future__ import annotations

import pytest

from connections.ical import own_mark, reduce
from connections.ical.reducing import PRODID, WITHOUT_LINK
from tests.connections.ical.museum import ANNA, MUSEUM, expanded, museum
from tests.ics_text import event

EXHIBITS = sorted(path.stem for path in MUSEUM.glob("*.ics"))


@pytest.mark.parametrize("name", EXHIBITS)
@pytest.mark.parametrize("titles", [True, False])
def test_what_is_kept_of_a_file_means_the_same(name, titles):
    whole = expanded(museum(name))
    kept = expanded(reduce(museum(name), titles=titles, addresses=ANNA))

    assert [_without_title(instance) for instance in kept.instances] == [
        _without_title(instance) for instance in whole.instances
    ]
    assert (kept.uid, kept.recurring, kept.endless, kept.problem, kept.summary) == (
        whole.uid,
        whole.recurring,
        whole.endless,
        whole.problem,
        whole.summary if titles else "",
    )


def _without_title(instance):
    return (
        instance.start,
        instance.end,
        instance.blocks,
        instance.reason,
        instance.all_day,
        instance.recurrence_id,
        instance.free_marked,
    )


@pytest.mark.parametrize("name", EXHIBITS)
def test_what_is_kept_holds_nothing_that_is_nobodys_business(name):
    kept = reduce(museum(name), titles=False, addresses=ANNA).decode()

    words = ("SUMMARY", "DESCRIPTION", "LOCATION", "CN=", "ORGANIZER", "bert", "ada@", "VALARM", "X-ADDRESS", "URL:")
    assert [word for word in words if word in kept] == []


def test_the_mark_of_our_own_events_is_the_path_of_their_link() -> None:
    base = "https://book.example.com"
    ours = event("A", "DESCRIPTION:0170\\nhttps://book.example.com/bookings/12/")
    assert own_mark(ours, base) == "/bookings/12/"
    assert own_mark(ours.replace(b"example.com/book", b"exam\r\n ple.com/book"), base) == "/bookings/12/"
    assert own_mark(event("A", "https://elsewhere.example.com/bookings/12/"), base) == ""


def test_without_a_link_our_own_prodid_is_a_mark() -> None:
    plain = event("A").replace(b"PRODID:", b"X-OTHER:")
    assert own_mark(plain, "https://book.example.com") == ""
    assert own_mark(b"PRODID:" + PRODID.encode() + b"\r\n" + plain, "https://book.example.com") == WITHOUT_LINK

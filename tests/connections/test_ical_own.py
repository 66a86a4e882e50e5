"""Our own events: writing, patching, recognising."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from connections.ical import EventDraft, OwnEvent, compose, meaning, own_event, patch

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
DRAFT = EventDraft(
    uid="0B6F2C1E-0000-4000-8000-000000000001",
    start=datetime(2026, 12, 1, 9, tzinfo=UTC),
    end=datetime(2026, 12, 1, 10, tzinfo=UTC),
    zone="Europe/Berlin",
    summary="Haircut: Zoë",
    url="https://kalends.example/b/1",
)


def test_what_is_composed_is_recognised():
    assert own_event(compose(DRAFT, now=NOW)) == OwnEvent(
        DRAFT.uid, DRAFT.start, DRAFT.end, "timed", cancelled=False, sequence=0
    )


def test_texts_cannot_add_lines():
    evil = replace(
        DRAFT, summary="a\r\nATTENDEE:mailto:x@example.com", url="https://x\r\nATTENDEE:mailto:x@example.com"
    )

    written = compose(evil, now=NOW)

    assert [line for line in written.split(b"\r\n") if line.startswith(b"ATTENDEE")] == []
    assert max(map(len, written.split(b"\r\n"))) <= 75


def test_a_patch_keeps_what_the_phone_added():
    added = b"X-APPLE-TRAVEL-DURATION;VALUE=DURATION:PT30M\r\nATTACH:https://example.com/a.pdf\r\n"
    stored = compose(DRAFT, now=NOW).replace(b"TRANSP:OPAQUE\r\n", b"TRANSP:OPAQUE\r\n" + added)
    later = replace(DRAFT, start=DRAFT.start + timedelta(hours=1), end=DRAFT.end + timedelta(hours=1))

    patched = patch(stored, later, now=NOW, agreed=compose(DRAFT, now=NOW))

    assert added in patched
    assert own_event(patched) == OwnEvent(DRAFT.uid, later.start, later.end, "timed", cancelled=False, sequence=1)


def test_meaning_ignores_stamps_and_spelling_but_not_time():
    first = compose(DRAFT, now=NOW)
    same = compose(replace(DRAFT, sequence=4, zone="Europe/Rome"), now=NOW + timedelta(days=1)).replace(b"\r\n", b"\n")
    other = compose(replace(DRAFT, end=DRAFT.end + timedelta(minutes=5)), now=NOW)

    assert meaning(first) == meaning(same)
    assert (meaning(first) == meaning(other)) is False

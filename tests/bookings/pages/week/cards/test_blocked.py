"""Blocking time in the calendar, and changing what is blocked."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client

from availability.models import BlockedSlot
from practice.models import User
from tests.bookings.pages.week.cards.dialog import DIALOG, buttons, errors, in_dialog, title
from tests.factories import NOW, START, BlockedSlotFactory, UserFactory
from tests.pages import find, links, texts

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.time_machine(NOW, tick=False),
    pytest.mark.usefixtures("at_work"),
]
URL = "/calendars/block/"
HOUR = timedelta(hours=1)
AFTERNOON = {
    "blocked-start": "2026-12-01T14:00",
    "blocked-end": "2026-12-01T15:30",
    "blocked-note": "Paperwork",
}


def slots() -> list[tuple[int, int, str]]:
    """From which hour to which UTC, in minutes, with the note."""
    found = BlockedSlot.objects.values_list("start", "end", "note")
    return [(start.hour * 60 + start.minute, end.hour * 60 + end.minute, note) for start, end, note in found]


def test_a_time_is_blocked_and_the_calendar_around_the_dialog_hears_of_it(anna_client: Client, anna: User) -> None:
    answer = anna_client.post(URL, AFTERNOON, headers=DIALOG)
    assert (answer.status_code, json.loads(answer["HX-Trigger"])) == (
        204,
        {"calendar-changed": {"said": "Time blocked. It is not shown on your iPhone."}},
    )
    assert (slots(), BlockedSlot.objects.get().user) == ([(780, 870, "Paperwork")], anna)


def test_without_a_script_the_day_is_shown_with_the_sentence(anna_client: Client) -> None:
    page = anna_client.post(URL, AFTERNOON, follow=True)
    assert page.redirect_chain == [("/calendars/?date=2026-12-01", 302)]
    assert texts(page, "//*[contains(@class, 'notice--good')]") == ["Time blocked. It is not shown on your iPhone."]


def test_what_is_wrong_is_said_at_its_field(anna_client: Client) -> None:
    answer = anna_client.post(URL, AFTERNOON | {"blocked-end": "2026-12-01T13:00"}, headers=DIALOG)
    assert (title(answer), errors(answer), slots()) == (["Block time"], ["The end must be after the start."], [])


def test_the_calendar_leads_to_the_card_of_a_blocked_slot(anna_client: Client, anna: User) -> None:
    slot = BlockedSlotFactory(user=anna, note="Paperwork")
    assert links(anna_client.get("/calendars/"), "//ol//li//a") == [("Paperwork", f"/calendars/blocked/{slot.pk}/")]
    card = in_dialog(anna_client, f"/calendars/blocked/{slot.pk}/")
    assert (title(card), buttons(card)) == (["Paperwork"], ["Save", "Remove"])
    assert texts(card, "//section/p") == ["Tue 1 Dec 2026, 10:00–11:00 · blocked by hand"]
    assert find(card, "//input[contains(@name, 'blocked-')]/@value") == [
        "2026-12-01T10:00",
        "2026-12-01T11:00",
        "Paperwork",
    ]


def test_a_blocked_slot_is_changed(anna_client: Client, anna: User) -> None:
    slot = BlockedSlotFactory(user=anna, note="Paperwork")
    answer = anna_client.post(f"/calendars/blocked/{slot.pk}/", AFTERNOON, headers=DIALOG)
    assert json.loads(answer["HX-Trigger"]) == {"calendar-changed": {"said": "Saved. The blocked slot has changed."}}
    assert slots() == [(780, 870, "Paperwork")]


def test_the_note_alone_is_changed_and_an_error_keeps_the_slot(anna_client: Client, anna: User) -> None:
    slot = BlockedSlotFactory(user=anna, note="Paperwork")
    same = {"blocked-start": "2026-12-01T10:00", "blocked-end": "2026-12-01T11:00", "blocked-note": "Tea"}
    assert anna_client.post(f"/calendars/blocked/{slot.pk}/", same, headers=DIALOG).status_code == 204
    assert slots() == [(540, 600, "Tea")]
    slot = BlockedSlot.objects.get()
    wrong = anna_client.post(f"/calendars/blocked/{slot.pk}/", same | {"blocked-start": ""}, headers=DIALOG)
    assert (errors(wrong), slots()) == (["This field is required."], [(540, 600, "Tea")])


def test_a_slot_is_not_moved_onto_another(anna_client: Client, anna: User) -> None:
    slot = BlockedSlotFactory(user=anna)
    BlockedSlotFactory(user=anna, start=START + 4 * HOUR, end=START + 5.5 * HOUR)
    wrong = anna_client.post(f"/calendars/blocked/{slot.pk}/", AFTERNOON, headers=DIALOG)
    assert texts(wrong, "//*[@role='alert']/p") == ["This time is blocked already."]
    assert BlockedSlot.objects.filter(pk=slot.pk).count() == 1


def test_a_blocked_slot_is_removed(anna_client: Client, anna: User) -> None:
    slot = BlockedSlotFactory(user=anna)
    answer = anna_client.post(f"/calendars/blocked/{slot.pk}/remove/", headers=DIALOG)
    assert json.loads(answer["HX-Trigger"]) == {"calendar-changed": {"said": "Blocked slot removed."}}
    assert slots() == []


def test_slots_of_others_are_not_found(anna_client: Client) -> None:
    slot = BlockedSlotFactory(user=UserFactory())
    addresses = [f"/calendars/blocked/{slot.pk}/", f"/calendars/blocked/{slot.pk}/remove/"]
    assert [anna_client.post(address, AFTERNOON).status_code for address in addresses] == [404, 404]
    assert len(slots()) == 1

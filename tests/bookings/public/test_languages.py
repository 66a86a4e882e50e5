"""Another language loses nothing: where a form is shown, its button sends what was typed along."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from bookings.models import Booking, Claim, LinkRequest, Seat, Service
from tests.bookings.public.steps import TEN, booked, details_address, sent_fields, typed
from tests.pages import find, links, texts, words

pytestmark = pytest.mark.django_db
BUTTON = "//nav[contains(@class, 'top__languages')]//button"


def in_german(client: Client, page: Any, sent: dict[str, str]) -> Any:
    """What a browser gets that presses the button in the header: it is sent before the fields of the form."""
    [button] = find(page, BUTTON)
    languages = [button.get("value"), *([sent["lang"]] if "lang" in sent else [])]
    return client.post(button.get("formaction"), {**sent, button.get("name"): languages}, follow=True)


def test_the_button_belongs_to_the_form_and_checks_nothing(client: Client, massage: Service) -> None:
    [button] = find(client.get(details_address(client)), BUTTON)
    wanted = ("submit", "form", "lang", "de", "")
    assert tuple(button.get(one) for one in ("type", "form", "name", "value", "formnovalidate")) == wanted


@pytest.mark.parametrize(("path", "label"), [("", "Book appointment"), ("/booking/find/", "Send me the links")])
def test_enter_sends_the_form_and_does_not_change_the_language(
    client: Client, massage: Service, path: str, label: str
) -> None:
    page = client.get(path or details_address(client))
    buttons = find(page, "//button[@form='form' or ancestor::form[@id='form']]")
    # The first has no words, so that whoever looks for the label finds the one button that people see.
    assert ([buttons[0].get(one) for one in ("name", "formaction")], words(buttons[0])) == ([None, None], "")
    assert texts(page, "//button").count(label) == 1


def test_the_form_is_shown_again_in_the_other_language_with_everything_typed(client: Client, massage: Service) -> None:
    Service.objects.update(note_allowed=True)
    address = details_address(client)
    sent = sent_fields(client.get(address)) | typed(name="Clara & Co", email="clara@", note="Two stairs")
    page = in_german(client, client.get(address), sent)
    assert (texts(page, "//h1"), find(page, "//*[@data-focus]"), Booking.objects.count()) == (["Ihre Angaben"], [], 0)
    again, kept = sent_fields(page), {"name": "Clara & Co", "email": "clara@", "note": "Two stairs", "reminders": "yes"}
    assert {name: again[name] for name in kept} == kept
    [form] = find(page, "//form[@id='form']")
    answer = client.post(form.get("action"), again | {"email": "clara@example.org"})
    assert (answer.status_code, Seat.objects.get().language) == (303, "de")


def test_after_a_changed_time_the_language_leads_to_the_details_of_the_time_that_is_kept(
    client: Client, massage: Service
) -> None:
    page = client.get(details_address(client, visitor="v" * 22, **typed()))
    german = in_german(client, page, sent_fields(page))
    details = find(page, "//form[@id='form']/@action")[0].partition("?")[0]
    assert find(page, f"{BUTTON}/@formaction") == [f"{details}?language=chosen"]
    assert (texts(german, "//h1"), sent_fields(german)["name"]) == (["Ihre Angaben"], "Clara Sommer")
    assert [claim.start.isoformat() for claim in Claim.objects.all()] == ["2026-12-01T09:00:00+00:00"]


def test_choosing_another_time_in_another_language_carries_on_what_was_typed(client: Client, massage: Service) -> None:
    sent = typed() | {"visitor": "v" * 22, "staff": "any", "zone": "Europe/Berlin", "lang": "en", "day": "2026-12-01"}
    page = client.post("/book/massage/", sent)
    german = in_german(client, page, {name: value for name, value in sent.items() if name != "day"})
    [form] = find(german, "//form[@id='form']")
    carried = dict(form.form_values())
    assert {name: carried.get(name) for name in ("name", "email", "visitor", "lang")} == {
        "name": "Clara Sommer",
        "email": "clara@example.org",
        "visitor": "v" * 22,
        "lang": "de",
    }
    assert texts(german, "//h2")[0] == "Dienstag, 1. Dezember"
    chosen = client.post("/book/massage/hold/", carried | {"start": TEN}, follow=True)
    assert (texts(chosen, "//h1"), sent_fields(chosen)["name"]) == (["Ihre Angaben"], "Clara Sommer")


def test_the_address_of_who_looks_for_appointments_is_kept_and_nothing_is_asked_for(
    client: Client, massage: Service
) -> None:
    page = in_german(client, client.get("/booking/find/"), {"email": "clara@", "lang": "en"})
    assert ([one.get("value") for one in find(page, "//*[@name='email']")], LinkRequest.objects.count()) == (
        ["clara@"],
        0,
    )
    assert (texts(page, "//h1"), find(page, "//*[@data-focus]")) == (["Eigene Termine finden"], [])


def test_the_reason_of_who_cancels_is_kept_and_nothing_is_cancelled(client: Client, massage: Service) -> None:
    address = f"{booked(client)}cancel/"
    page = in_german(client, client.get(address), {"reason": "I am <ill>"})
    assert texts(page, "//textarea") == ["I am <ill>"]
    assert (texts(page, "//h1"), Booking.objects.get().status) == (["Termin absagen?"], "confirmed")


def test_a_page_on_which_nothing_is_typed_has_a_link(client: Client, massage: Service) -> None:
    page = client.get("/book/massage/?day=2026-12-01")
    assert links(page, "//nav//a") == [("Deutsch", "?day=2026-12-01&lang=de")]

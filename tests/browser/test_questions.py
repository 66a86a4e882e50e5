"""Questions and durations in a real browser: an owner writes them, a client answers, the owner reads the answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from bookings.models import Booking, Question, Seat
from practice.models import User
from tests.browser.booking import massage, next_monday, open_with_anna
from tests.browser.conftest import barriers
from tests.factories import QuestionFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.today]
WIDTHS = (1280, 390)


@dataclass(frozen=True, slots=True)
class Words:
    """What the pages for clients say in one language."""

    book: str
    missing: str
    email: str
    reminders: str
    no: str
    cancel: str
    again: str
    duration: str
    longer: str


ENGLISH = Words(
    "Book appointment",
    "Choose an answer to “Welche Seite?”",
    "E-mail optional",
    "Yes, please",
    "No",
    "Cancel the appointment",
    "Book again",
    "Duration:",
    "90 minutes",
)
GERMAN = Words(
    "Termin buchen",
    "Wählen Sie eine Antwort auf „Welche Seite?“",
    "E-Mail freiwillig",
    "Ja, bitte",
    "Nein",
    "Termin absagen",
    "Noch einmal buchen",
    "Dauer:",
    "90 Minuten",
)


@pytest.fixture
def anna(live_server: LiveServer, settings: Settings) -> User:
    """Anna, whom clients can book for a massage."""
    anna = open_with_anna(live_server, settings)
    massage(anna, other_minutes=[90])
    return anna


def sign_in(context: BrowserContext, live_server: LiveServer, client: Client, user: User) -> None:
    client.force_login(user)
    name = django_settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])


def check(page: Page) -> None:
    """In both sizes and both schemes nothing is a barrier, and nothing sticks out."""
    before = page.viewport_size
    for width in WIDTHS:
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type] # one of the two
            assert barriers(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") is True
    assert before is not None
    page.set_viewport_size(before)


@pytest.mark.parametrize("width", WIDTHS)
def test_an_owner_writes_orders_and_deletes_questions(
    page: Page, context: BrowserContext, live_server: LiveServer, client: Client, anna: User, width: int
) -> None:
    sign_in(context, live_server, client, anna)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{live_server.url}/calendars/settings/services/massage/")
    for words, kind, options in (
        ("Since when?", "Text", ""),
        ("Which side?", "One of several options", "left\nright"),
        ("First visit?", "Yes or no", ""),
    ):
        page.get_by_role("link", name="New question").click()
        page.get_by_label("Question", exact=True).fill(words)
        page.get_by_role("radio", name=kind, exact=True).check()
        page.get_by_role("textbox", name="Options").fill(options)
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text(f"“{words}” saved.")).to_be_visible()
    check(page)
    page.get_by_role("listitem").filter(has_text="First visit?").get_by_role("button", name="Up").click()
    page.get_by_role("listitem").filter(has_text="Since when?").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("“Since when?” deleted. What was answered stays.")).to_be_visible()
    assert list(Question.objects.values_list("words", flat=True)) == ["First visit?", "Which side?"]
    page.get_by_role("link", name="Which side?").click()
    check(page)
    page.get_by_role("textbox", name="Options").fill("left")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Enter at least two options, one a line.").first).to_be_visible()
    check(page)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("language", "words"), [("en", ENGLISH), ("de", GERMAN)], ids=["en", "de"])
def test_a_client_answers_and_books_again(
    page: Page,
    context: BrowserContext,
    live_server: LiveServer,
    client: Client,
    anna: User,
    language: str,
    words: Words,
    width: int,
    problems: list[str],
) -> None:
    service = anna.services.get()
    QuestionFactory.create(service=service, key="since", words="Seit wann?", position=1)
    side = {"key": "side", "kind": "choice", "words": "Welche Seite?", "options": "links\nrechts", "required": True}
    QuestionFactory.create(service=service, position=2, **side)
    QuestionFactory.create(
        service=service, key="tried", kind="several", words="Was hilft?", options="Ruhe\nWärme", position=3
    )
    QuestionFactory.create(
        service=service, key="first", kind="yes_no", words="Zum ersten Mal?", private=True, position=4
    )
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{live_server.url}/book/massage/?lang={language}&name=Clara+Sommer&q_since=Mai")
    page.locator("summary", has_text=words.duration).click()
    page.get_by_role("link", name=words.longer).click()
    check(page)
    page.goto(f"{page.url}&day={next_monday():%Y-%m-%d}")
    page.get_by_role("button", name="10:00").click()
    expect(page.get_by_label("Name")).to_have_value("Clara Sommer")
    check(page)
    page.get_by_label(words.email).fill("clara@example.org")
    page.get_by_label(words.reminders).check()
    page.get_by_label("Wärme").check()
    page.get_by_role("group", name="Zum ersten Mal?").get_by_label(words.no, exact=True).check()
    page.get_by_role("button", name=words.book).click()
    expect(page.get_by_role("link", name=words.missing)).to_be_visible()
    expect(page.get_by_label("Wärme")).to_be_checked()
    check(page)
    page.get_by_label("rechts").check()
    page.get_by_role("button", name=words.book).click()
    expect(page.get_by_role("link", name=words.cancel)).to_be_visible()
    assert Booking.objects.get().end - Booking.objects.get().start == timedelta(minutes=90)
    assert Seat.objects.get().answers == {"since": "Mai", "side": "rechts", "tried": ["Wärme"], "first": False}

    page.get_by_role("link", name=words.cancel).click()
    page.get_by_role("button", name=words.cancel).click()
    page.get_by_role("link", name=words.again).click()
    page.goto(f"{page.url}&day={next_monday():%Y-%m-%d}")
    page.get_by_role("button", name="09:00").click()
    expect(page.get_by_label("rechts")).to_be_checked()
    expect(page.get_by_label(words.email)).to_have_value("clara@example.org")
    expect(page.get_by_role("group", name="Zum ersten Mal?").get_by_label(words.no, exact=True)).not_to_be_checked()

    sign_in(context, live_server, client, anna)
    page.goto(f"{live_server.url}/bookings/{Booking.objects.get().pk}/")
    expect(page.get_by_text("Welche Seite?")).to_be_visible()
    expect(page.get_by_text("rechts", exact=True)).to_be_visible()
    check(page)
    assert problems == []

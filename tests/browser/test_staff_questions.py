"""Staff write down answers while a client is on the phone, book again, and hand out a link with details filled in."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from bookings.models import Booking, Question, Seat
from practice.models import User
from tests.browser.booking import massage, next_monday, open_with_anna
from tests.browser.test_questions import WIDTHS, check, sign_in
from tests.factories import QuestionFactory, ServiceFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.today]


@dataclass(frozen=True, slots=True)
class Words:
    """What the pages say in one language."""

    name: str
    book: str
    again: str
    longer: str
    service: str
    link: str


ENGLISH = Words("Client’s name", "Book", "Book again", "Massage, 90 min", "Service", "Link for this client")
GERMAN = Words(
    "Name des Kunden", "Buchen", "Noch einmal buchen", "Massage, 90 Min.", "Angebot", "Link für diesen Kunden"
)


@pytest.fixture
def anna(live_server: LiveServer, settings: Settings) -> User:
    """Anna asks three questions about a massage, one of them private, and none about a talk."""
    anna = open_with_anna(live_server, settings)
    ServiceFactory.create(name="Talk", slug="talk", staff=[anna], position=0)
    service = massage(anna, other_minutes=[90], position=1)
    several = {"kind": Question.Kind.SEVERAL, "options": "Ruhe\nWärme\nKälte", "required": True}
    QuestionFactory.create(service=service, key="since", words="Seit wann?", position=1)
    QuestionFactory.create(service=service, key="tried", words="Was hilft?", position=2, **several)
    QuestionFactory.create(service=service, key="illness", words="Welche Krankheit?", private=True, position=3)
    return anna


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("language", "words"), [("en", ENGLISH), ("de", GERMAN)], ids=["en", "de"])
def test_answers_are_written_down_and_kept(
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
    User.objects.filter(pk=anna.pk).update(language=language)
    sign_in(context, live_server, client, anna)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{live_server.url}/bookings/new/?date={next_monday():%Y-%m-%d}")
    page.get_by_label(words.name).fill("Clara Sommer")
    expect(page.get_by_label("Seit wann?")).to_have_count(0)
    page.locator("select[name=service]").select_option(label=words.longer)
    page.get_by_label("Seit wann?").fill("Mai")
    page.get_by_label("Ruhe").check()
    page.get_by_label("Kälte").check()
    page.get_by_label("Welche Krankheit?").fill("Grippe")
    with page.expect_response(lambda response: "questions_of" in response.url):
        page.locator("input[type=date]").dispatch_event("change")
    expect(page.get_by_label("Seit wann?")).to_have_value("Mai")
    check(page)
    page.get_by_label("10:00").check()
    page.get_by_role("button", name=words.book, exact=True).last.click()
    page.get_by_role("heading", name="Clara Sommer").wait_for()
    assert Seat.objects.get().answers == {"since": "Mai", "tried": ["Ruhe", "Kälte"], "illness": "Grippe"}

    page.get_by_role("link", name=words.again).click()
    expect(page.get_by_label("Seit wann?")).to_have_value("Mai")
    expect(page.get_by_label("Kälte")).to_be_checked()
    expect(page.get_by_label("Welche Krankheit?")).to_have_value("")
    expect(page.get_by_label(words.name)).to_have_value("Clara Sommer")
    expect(page.locator("select[name=service] option:checked")).to_have_text(words.longer)

    page.goto(f"{live_server.url}/clients/{Booking.objects.get().client.pk}/")
    section = page.get_by_role("region", name=words.link)
    section.get_by_label(words.service).select_option(label="Massage")
    expect(section.locator("a")).to_contain_text("/book/massage/?")
    check(page)
    page.goto(section.locator("a").get_attribute("href") or "")
    page.goto(f"{page.url}&day={next_monday():%Y-%m-%d}")
    page.get_by_role("button", name="14:00").click()
    expect(page.get_by_label("Name")).to_have_value("Clara Sommer")
    assert problems == []

"""Series in a real browser: staff book several appointments at once, move those that follow and print the slip."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from bookings.models import Booking, Series
from practice.models import User
from tests.browser.booking import massage, next_monday, open_with_anna
from tests.browser.test_questions import WIDTHS, check, sign_in
from tests.factories import BlockedSlotFactory, ClientFactory, QuestionFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.today]
BERLIN = ZoneInfo("Europe/Berlin")
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Words:
    """What the pages say in one language."""

    several: str
    many: str
    first: str
    monday: str
    earliest: str
    propose: str
    date: str
    leave_out: str
    name: str
    book: str
    anyway: str
    second: str
    move: str
    move_all: str
    slip: str
    print: str


ENGLISH = Words(
    "Several appointments",
    "How many appointments?",
    "From which day on?",
    "Monday",
    "Not before",
    "Propose dates",
    "Date",
    "Leave this one out",
    "Client’s name",
    "Book all",
    "Book anyway",
    "Appointment 2 of 3",
    "Move all that follow",
    "Move all",
    "Print slip",
    "Print",
)
GERMAN = Words(
    "Mehrere Termine",
    "Wie viele Termine?",
    "Ab welchem Tag?",
    "Montag",
    "Nicht vor",
    "Termine vorschlagen",
    "Datum",
    "Diesen weglassen",
    "Name des Kunden",
    "Alle buchen",
    "Trotzdem buchen",
    "Termin 2 von 3",
    "Alle folgenden verschieben",
    "Alle verschieben",
    "Zettel drucken",
    "Drucken",
)


@pytest.fixture
def anna(live_server: LiveServer, settings: Settings) -> User:
    """Anna, who gives massages; a question is asked about them."""
    anna = open_with_anna(live_server, settings)
    QuestionFactory.create(service=massage(anna), key="since", words="Seit wann?")
    return anna


def monday(week: int, hour: int) -> datetime:
    """That hour of the Monday so many weeks after the Monday after next."""
    return datetime.combine(next_monday() + week * WEEK, time(hour), BERLIN)


def booked() -> list[datetime]:
    return [one.start.astimezone(BERLIN) for one in Booking.objects.live().exclude(series=None).order_by("start")]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("language", "words"), [("en", ENGLISH), ("de", GERMAN)], ids=["en", "de"])
def test_staff_book_move_and_print_a_series(
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
    page.goto(f"{live_server.url}/bookings/new/")
    page.get_by_role("link", name=words.several).click()
    expect(page.get_by_role("heading", name=words.several)).to_be_visible()
    check(page)
    page.get_by_label(words.name).fill("Clara Sommer")
    page.get_by_label("Seit wann?").fill("Mai")
    page.locator("select[name=language]").select_option(language)
    page.get_by_label(words.many, exact=True).fill("4")
    page.get_by_label(words.first, exact=True).fill(next_monday().isoformat())
    page.get_by_label(words.earliest).fill("10:00")
    with page.expect_response(lambda response: "weekday=0" in response.url and "count=4" in response.url):
        page.get_by_label(words.monday, exact=True).check()
    dates = page.locator("select[name^=dates-]")
    expect(dates).to_have_count(4)
    expect(dates.nth(3)).to_have_value(monday(3, 10).astimezone(ZoneInfo("UTC")).isoformat())
    expect(page.get_by_label(words.name)).to_have_value("Clara Sommer")
    dates.nth(3).select_option(label=words.leave_out)
    check(page)

    BlockedSlotFactory.create(user=anna, start=monday(1, 10), end=monday(1, 11))
    page.get_by_role("button", name=words.book).click()
    expect(page.get_by_role("button", name=words.anyway)).to_be_visible()
    expect(page.get_by_label(words.name)).to_have_value("Clara Sommer")
    expect(dates.nth(1)).to_have_value(monday(1, 9).astimezone(ZoneInfo("UTC")).isoformat())
    assert booked() == []
    check(page)
    page.get_by_role("button", name=words.book).click()
    page.get_by_role("heading", name="Clara Sommer").wait_for()
    assert booked() == [monday(0, 10), monday(1, 9), monday(2, 10)]
    assert {one.seat.answers["since"] for one in Series.objects.get().bookings.all()} == {"Mai"}

    page.locator("section[aria-labelledby=series] a").first.click()
    expect(page.get_by_role("heading", name=words.second)).to_be_visible()
    check(page)
    page.get_by_role("link", name=words.move).click()
    page.get_by_label(words.earliest).fill("14:00")
    page.get_by_label(words.earliest).blur()
    expect(dates.nth(1)).to_have_value(monday(2, 14).astimezone(ZoneInfo("UTC")).isoformat())
    check(page)
    page.get_by_role("button", name=words.move_all).click()
    expect(page.get_by_role("heading", name=words.second)).to_be_visible()
    assert booked() == [monday(0, 10), monday(1, 14), monday(2, 14)]

    page.get_by_role("link", name=words.slip).click()
    expect(page.get_by_role("button", name=words.print)).to_be_visible()
    expect(page.locator("main ol > li")).to_have_count(3)
    check(page)
    assert problems == []


def test_without_javascript(chromium: Browser, live_server: LiveServer, client: Client, anna: User) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 900}, locale="en-GB")
    sign_in(context, live_server, client, anna)
    clara = ClientFactory.create(name="Clara Sommer", email="clara@example.org")
    User.objects.filter(pk=anna.pk).update(role=User.Role.OWNER)
    page = context.new_page()
    page.goto(f"{live_server.url}/bookings/new/series/?client={clara.pk}")
    page.get_by_label("How many appointments?", exact=True).fill("3")
    page.get_by_label("From which day on?").fill(next_monday().isoformat())
    page.get_by_label("Monday", exact=True).check()
    page.get_by_role("button", name="Propose dates").click()
    expect(page.locator("#proposal")).to_have_text("All 3 fit at Mon 09:00.")
    page.locator("summary", has_text="Another time").first.click()
    page.locator("[name=dates-0-time]").fill("15:00")
    page.get_by_role("button", name="Book all").click()
    expect(page.get_by_text("Booked: 3 appointments.")).to_be_visible()
    assert booked() == [monday(0, 15), monday(1, 9), monday(2, 9)]
    assert timezone.now() < booked()[0]
    context.close()

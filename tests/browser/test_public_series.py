"""A client books six appointments at once in a browser, changes some of them later, and prints them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect

from bookings.models import Booking, Claim, Series, Service
from sandbox.server.store.accounts import Account
from tests.browser.booking import kalends as kalends  # a fixture
from tests.browser.booking import next_monday
from tests.browser.conftest import PATIENCE, work
from tests.browser.test_public_booking import DESKTOP, PHONE, check, titles
from tests.factories import BookingFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.today]
BERLIN = ZoneInfo("Europe/Berlin")

ENGLISH = {
    "several": "Book several appointments",
    "count": "How many appointments?",
    "tuesday": "Tuesday",
    "thursday": "Thursday",
    "earliest": "Not before optional",
    "latest": "Start no later than optional",
    "first": "From which day on?",
    "propose": "Propose dates",
    "all fit": "All 6 fit at Tue 10:00.",
    "second": "Appointment 2",
    "take": "Take these times",
    "details": "Your details",
    "name": "Name",
    "email": "E-mail optional",
    "remind": "Yes, please",
    "book": "Book appointments",
    "gone": "Some of these times have gone. The nearest are proposed instead.",
    "booked": "Your appointment is booked",
    "others": "Your other appointments",
    "slip": "Print slip",
    "print": "Print",
    "back": "← Your appointment",
    "cancel": "Cancel the appointment",
    "cancelled": "Your appointment is cancelled",
    "following": "Move all that follow",
    "other days": "4 appointments, from this one on. They stay as they are until you confirm other times.",
    "4 fit": "All 4 fit at Thu 10:00.",
    "move": "Move the appointments",
}
GERMAN = {
    "several": "Mehrere Termine buchen",
    "count": "Wie viele Termine?",
    "tuesday": "Dienstag",
    "thursday": "Donnerstag",
    "earliest": "Nicht vor freiwillig",
    "latest": "Beginn spätestens freiwillig",
    "first": "Ab welchem Tag?",
    "propose": "Termine vorschlagen",
    "all fit": "Alle 6 passen am Di., 10:00 Uhr.",
    "second": "Termin 2",
    "take": "Diese Zeiten nehmen",
    "details": "Ihre Angaben",
    "name": "Name",
    "email": "E-Mail freiwillig",
    "remind": "Ja, bitte",
    "book": "Termine buchen",
    "gone": "Einige dieser Zeiten sind inzwischen vergeben. Stattdessen sind die nächsten vorgeschlagen.",
    "booked": "Ihr Termin ist gebucht",
    "others": "Ihre anderen Termine",
    "slip": "Terminzettel drucken",
    "print": "Drucken",
    "back": "← Ihr Termin",
    "cancel": "Termin absagen",
    "cancelled": "Ihr Termin ist abgesagt",
    "following": "Alle folgenden verschieben",
    "other days": "4 Termine, ab diesem. Sie bleiben, wie sie sind, bis Sie andere Zeiten bestätigen.",
    "4 fit": "Alle 4 passen am Do., 10:00 Uhr.",
    "move": "Termine verschieben",
}
LANGUAGES = {"en": ENGLISH, "de": GERMAN}


def week(number: int, *, day: int, hour: int) -> datetime:
    """A time of one of the six weeks; Monday is 0."""
    return datetime.combine(next_monday() + timedelta(weeks=number, days=day), time(hour), BERLIN)


def live() -> list[datetime]:
    """When the appointments of the series are that were not cancelled."""
    return [one.start for one in Series.objects.get().bookings.live().order_by("start")]


Look = Callable[[Page], None]
"""What is done on each page: axe needs JavaScript."""


def wish_and_choose(page: Page, kalends: str, words: dict[str, str], language: str, look: Look = check) -> None:
    """Wish six Tuesdays, take the second an hour later, and come to the form with the details."""
    page.goto(f"{kalends}/book/massage/?lang={language}")
    page.get_by_role("link", name=words["several"]).click()
    look(page)
    page.get_by_label(words["count"]).fill("6")
    page.get_by_label(words["tuesday"]).check()
    page.get_by_label(words["earliest"]).fill("10:00")
    page.get_by_label(words["latest"]).fill("11:00")
    page.get_by_label(words["first"]).fill(next_monday().isoformat())
    page.get_by_role("button", name=words["propose"]).click()
    expect(page.get_by_text(words["all fit"])).to_be_visible()
    look(page)
    page.get_by_label(words["second"], exact=True).select_option(week(1, day=1, hour=11).isoformat())
    page.get_by_role("button", name=words["take"]).click()
    expect(page.get_by_role("heading", name=words["details"])).to_be_visible()
    expect(page.locator("ol.dates li")).to_have_count(6)
    look(page)


def lose_the_third(page: Page, words: dict[str, str], look: Look = check) -> None:
    """The times are given back while the client types, and somebody else books one of them."""
    page.get_by_label(words["name"], exact=True).fill("Clara Sommer")
    page.get_by_label(words["email"]).fill("clara@example.org")
    page.get_by_label(words["remind"]).check()
    Claim.objects.filter(kind=Claim.Kind.HOLD).delete()
    service = Service.objects.get()
    BookingFactory.create(service=service, staff=service.staff.get(), start=week(2, day=1, hour=10))
    page.get_by_role("button", name=words["book"]).click()
    expect(page.get_by_text(words["gone"])).to_be_visible()
    assert Series.objects.count() == 0
    look(page)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_six_appointments_are_booked_changed_and_printed(
    page: Page, kalends: str, account: Account, size: dict[str, int], language: str, problems: list[str]
) -> None:
    words = LANGUAGES[language]
    Service.objects.update(series_allowed=True, horizon_days=365)
    page.set_viewport_size(size)
    wish_and_choose(page, kalends, words, language)
    lose_the_third(page, words)
    page.get_by_role("button", name=words["take"]).click()
    expect(page.locator("ol.dates li")).to_have_count(6)
    expect(page.get_by_label(words["name"], exact=True)).to_have_value("Clara Sommer")
    page.get_by_role("button", name=words["book"]).click()
    expect(page.get_by_role("heading", name=words["booked"])).to_be_visible()
    check(page)
    tuesdays = [week(number, day=1, hour=10) for number in range(6)]
    booked = live()
    assert booked[1] == week(1, day=1, hour=11)
    assert [booked[number] for number in (0, 3, 4, 5)] == [tuesdays[number] for number in (0, 3, 4, 5)]
    work()
    assert titles(account).count("SUMMARY:Clara Sommer") == 6

    page.get_by_role("link", name=words["slip"]).click()
    expect(page.locator("ol.dates li")).to_have_count(6)
    check(page)
    page.evaluate("window.print = () => { document.title = 'printed' }")
    page.get_by_role("button", name=words["print"]).click()
    assert page.title() == "printed"
    page.get_by_role("link", name=words["back"]).click()

    page.get_by_role("region", name=words["others"]).get_by_role("link").first.click()
    page.get_by_role("link", name=words["cancel"]).click()
    page.get_by_role("button", name=words["cancel"]).click()
    expect(page.get_by_role("heading", name=words["cancelled"])).to_be_visible()
    expect(page.get_by_role("region", name=words["others"]).get_by_role("link")).to_have_count(5)
    check(page)
    assert live() == [booked[0], *booked[2:]]

    page.get_by_role("region", name=words["others"]).get_by_role("link").nth(1).click()
    page.get_by_role("link", name=words["following"]).click()
    expect(page.get_by_text(words["other days"])).to_be_visible()
    check(page)
    page.get_by_label(words["tuesday"]).uncheck()
    page.get_by_label(words["thursday"]).check()
    page.get_by_role("button", name=words["propose"]).click()
    expect(page.get_by_text(words["4 fit"])).to_be_visible()
    check(page)
    page.get_by_role("button", name=words["move"]).click()
    expect(page.get_by_role("heading", name=words["booked"])).to_be_visible()
    assert live()[0] == booked[0]
    assert {(one.astimezone(BERLIN).weekday(), one.astimezone(BERLIN).hour) for one in live()[1:]} == {(3, 10)}
    work()
    assert titles(account).count("SUMMARY:Clara Sommer") == 5
    assert (Booking.objects.filter(series__isnull=False).count(), problems) == (6, [])


@pytest.mark.parametrize("width", [320])
def test_nothing_is_wider_than_a_small_phone(page: Page, kalends: str, width: int, problems: list[str]) -> None:
    Service.objects.update(series_allowed=True, horizon_days=365)
    page.set_viewport_size({"width": width, "height": 600})
    wish_and_choose(page, kalends, GERMAN, "de")
    assert problems == []


def test_six_appointments_are_booked_without_javascript(chromium: Browser, kalends: str) -> None:
    Service.objects.update(series_allowed=True, horizon_days=365)
    visitor = chromium.new_context(java_script_enabled=False, locale="en-GB")
    visitor.set_default_timeout(PATIENCE)
    page = visitor.new_page()
    wish_and_choose(page, kalends, ENGLISH, "en", look=lambda _page: None)
    lose_the_third(page, ENGLISH, look=lambda _page: None)
    page.get_by_role("button", name=ENGLISH["take"]).click()
    page.get_by_role("button", name=ENGLISH["book"]).click()
    expect(page.get_by_role("heading", name=ENGLISH["booked"])).to_be_visible()
    page.get_by_role("link", name=ENGLISH["slip"]).click()
    expect(page.locator("ol.dates li")).to_have_count(6)
    expect(page.get_by_role("button", name=ENGLISH["print"])).to_be_hidden()
    assert len(live()) == 6
    visitor.close()

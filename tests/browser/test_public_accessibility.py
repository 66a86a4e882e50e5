"""The pages for clients as assistive technology and strong magnification meet them (WCAG 2.2, levels A and AA)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django import Settings

from tests.bookings.public.steps import booked, details_address, typed
from tests.browser.booking import massage, next_monday, open_practice
from tests.factories import UserFactory, office_hours

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.today]

TITLES = {
    "services": "Book an appointment · Praxis Winter",
    "times": "Massage · Praxis Winter",
    "month": "Massage · Praxis Winter",
    "day": "Massage · Praxis Winter",
    "a time that has gone": "That time has gone · Massage · Praxis Winter",
    "details": "Your details · Praxis Winter",
    "details with errors": "Please check · Your details · Praxis Winter",
    "details of a time that has gone": "Please check · Your details · Praxis Winter",
    "client": "Your appointment · Praxis Winter",
    "other times": "Choose another time · Praxis Winter",
    "other time that has gone": "That time has gone · Choose another time · Praxis Winter",
    "move": "Move the appointment? · Praxis Winter",
    "cancel": "Cancel the appointment? · Praxis Winter",
    "find": "Find your appointments · Praxis Winter",
    "accessibility": "Accessibility · Praxis Winter",
    "imprint": "Imprint · Praxis Winter",
    "privacy": "Privacy · Praxis Winter",
}
ANNOUNCED = {"a time that has gone", "details", "details of a time that has gone", "other time that has gone"}
CONTROLS = {"button", "link", "textbox", "combobox", "radio", "checkbox", "DisclosureTriangle"}

DESCRIPTION = "For back and neck, after work or sport, with warm oil. Please bring a towel."

UNREACHABLE = """() => {
  const controls = document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary");
  return [...controls].filter(one => one.tabIndex >= 0 && one.checkVisibility()).flatMap(one => {
    one.focus();
    one.scrollIntoView({block: "nearest", behavior: "instant"});
    const box = [...one.getClientRects()].find(box => box.width) ?? one.getBoundingClientRect();
    const hit = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height, innerHeight) / 2);
    const reached = document.activeElement === one && (hit === one || one.contains(hit));
    return reached ? [] : [one.outerHTML];
  });
}"""
SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
    p { margin-bottom: 2em !important; }
  `);
  document.adoptedStyleSheets = [sheet];
}"""
CUT_OFF = """() => [...document.body.querySelectorAll("*:not(select, .visually-hidden, .decoy, .decoy *)")]
  .filter(one => one.checkVisibility() && one.innerText?.trim())
  .filter(one => {
    const {overflowX, overflowY} = getComputedStyle(one);
    const hides = (overflow, needed, given) => overflow !== "visible" && needed > given + 1;
    const sticksOut = one.matches(".button, .choice") && one.scrollWidth > one.clientWidth;
    return sticksOut || hides(overflowX, one.scrollWidth, one.clientWidth)
      || hides(overflowY, one.scrollHeight, one.clientHeight);
  })
  .map(one => one.outerHTML)"""
SMALL = """() => {
  const targets = "button:not(.visually-hidden), .button, .choice, summary, select, textarea, .radio, nav a, footer a, "
    + ".field > input";
  return [...document.querySelectorAll(targets)].filter(one => one.checkVisibility())
    .filter(one => one.getBoundingClientRect().height < 48).map(one => one.outerHTML);
}"""
MOVING = """() => [
  ...document.getAnimations(),
  ...[...document.querySelectorAll("*")].filter(one => {
    const style = getComputedStyle(one);
    return style.animationName !== "none" || style.transitionDuration !== "0s" || style.scrollBehavior === "smooth";
  }),
].length"""


@pytest.fixture
def addresses(live_server: Any, client: Client, settings: Settings) -> dict[str, str]:
    """Every page for clients, by what it is."""
    settings.DEMO = True  # its mails are received
    open_practice()
    anna = UserFactory.create(username="anna", first_name="Anna", last_name="Winter")
    office_hours(anna)
    massage(anna, location_kind="phone", note_allowed=True, description=DESCRIPTION)
    days = [next_monday() + timedelta(days=number) for number in range(3)]
    first, second, third = (f"{day:%Y-%m-%d}T10:00:00Z" for day in days)
    seat = booked(client, start=first)
    details = details_address(client, start=second)
    wrong = details_address(client, start=third)
    paths = {
        "services": "/book/",
        "times": "/book/massage/",
        "month": f"/book/massage/?month={days[0]:%Y-%m}",
        "day": f"/book/massage/?day={days[0]:%Y-%m-%d}",
        "a time that has gone": f"/book/massage/?start={first}&problem=time",
        "details": details,
        "details with errors": client.post(wrong, typed(name="", email="clara@gmial.com", reminders=""))["Location"],
        "details of a time that has gone": _gone(client, days[0]),
        "client": seat,
        "other times": f"{seat}reschedule/",
        "other time that has gone": f"{seat}reschedule/?start={second}&problem=time",
        "move": f"{seat}reschedule/?start={days[0]:%Y-%m-%d}T12:00:00Z",
        "cancel": f"{seat}cancel/",
        "find": "/booking/find/",
        "accessibility": "/accessibility/",
        "imprint": "/imprint/",
        "privacy": "/privacy/",
    }
    return {name: f"{live_server.url}{path}" for name, path in paths.items()}


def _gone(client: Client, day: Any) -> str:
    """The form for a time that another client has booked meanwhile."""
    start = f"{day:%Y-%m-%d}T13:00:00Z"
    slow = details_address(client, start=start)
    client.post(f"{slow.partition('?')[0]}release/")
    booked(client, start=start, email="otto@example.org")
    return str(client.post(slow, typed())["Location"])


@pytest.fixture
def silent(context: BrowserContext) -> Page:
    """A tab whose pages give no time back when it leaves them, so that the order of the pages does not matter."""
    context.route("**/release/", lambda route: route.abort())
    return context.new_page()


def visit(page: Page, addresses: dict[str, str], language: str = "en") -> Iterator[str]:
    """Open one page after the other."""
    for name, address in addresses.items():
        page.goto(f"{address}{'&' if '?' in address else '?'}lang={language}")
        yield name


def tree(page: Page) -> list[tuple[str, str, dict[str, Any]]]:
    """What assistive technology is told: (role, name, properties) of everything on the page."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    return [
        (
            node["role"]["value"],
            node.get("name", {}).get("value", ""),
            {one["name"]: one["value"].get("value") for one in node["properties"]}
            | {"description": node.get("description", {}).get("value", "")},
        )
        for node in nodes
        if not node["ignored"]
    ]


def test_every_page_says_what_it_is_and_names_its_controls(silent: Page, addresses: dict[str, str]) -> None:
    titles, languages, headings, announced = {}, set(), {}, set()
    nameless, loud = [], []
    for name in visit(silent, addresses):
        nodes = tree(silent)
        titles[name] = silent.title()
        languages.add(silent.evaluate("document.documentElement.lang"))
        headings[name] = sum(role == "heading" and given["level"] == 1 for role, _words, given in nodes)
        nameless += [(name, role) for role, words, _given in nodes if role in CONTROLS and not words.strip()]
        live = [given["live"] for _role, _words, given in nodes if given.get("live", "off") != "off"]
        announced |= {name} if live else set()
        loud += [(name, live)] if live not in ([], ["polite"]) else []
    assert titles == TITLES
    assert (languages, headings) == ({"en"}, dict.fromkeys(addresses, 1))
    assert (nameless, loud, announced) == ([], [], ANNOUNCED)


def test_what_is_wrong_is_read_first_and_leads_to_its_field(silent: Page, addresses: dict[str, str]) -> None:
    page = silent
    page.goto(addresses["details with errors"])
    summary = page.get_by_role("group", name="Please check:")
    expect(summary).to_be_focused()
    fields = []
    for link in summary.get_by_role("link").all():
        link.click()
        fields.append(page.evaluate("document.activeElement.id"))
    assert fields == ["id_name", "id_email", "id_reminders"]
    wrong = {words: given for role, words, given in tree(page) if given.get("invalid") == "true" and role == "textbox"}
    described = [(words, given["description"]) for words, given in wrong.items()]
    assert described == [("Name", "Enter your name."), ("E-mail optional", "Did you mean clara@gmail.com?")]
    [question] = [
        given for role, words, given in tree(page) if words == "Shall we remind you by e-mail?" and role == "group"
    ]
    assert question["description"] == "Say whether we shall remind you."


def test_an_address_that_cannot_be_is_read_first_as_well(silent: Page, addresses: dict[str, str]) -> None:
    page = silent
    page.goto(addresses["find"])
    page.get_by_label("E-mail").fill("clara@")
    page.get_by_role("button", name="Send me the links").click()
    expect(page.get_by_role("group", name="Please check:")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("E-mail")).to_be_focused()
    assert page.title() == "Please check · Find your appointments · Praxis Winter"


@pytest.mark.parametrize(
    "name", ["a time that has gone", "details of a time that has gone", "other time that has gone"]
)
def test_a_time_that_has_gone_is_read_first_with_the_nearest(
    silent: Page, addresses: dict[str, str], name: str
) -> None:
    silent.goto(addresses[name])
    expect(silent.get_by_role("status")).to_be_focused()
    expect(silent.get_by_role("status")).to_contain_text("That time has gone. Nearest:")
    assert silent.get_by_role("status").get_by_role("button").count() == 3


def test_at_400_percent_nothing_covers_a_control(silent: Page, addresses: dict[str, str]) -> None:
    silent.set_viewport_size({"width": 1280 // 4, "height": 1024 // 4})
    assert [(name, found) for name in visit(silent, addresses) if (found := silent.evaluate(UNREACHABLE))] == []


@pytest.mark.parametrize("language", ["en", "de"])
def test_at_320_pixels_nothing_scrolls_sideways_or_is_cut_off_also_with_wide_text(
    silent: Page, addresses: dict[str, str], language: str
) -> None:
    silent.set_viewport_size({"width": 320, "height": 640})
    widths, cut_off = {}, []
    for name in visit(silent, addresses, language):
        before = silent.evaluate("document.documentElement.scrollWidth")
        silent.evaluate(SPACED)
        widths[name] = (before, silent.evaluate("document.documentElement.scrollWidth"))
        cut_off += [(name, element) for element in silent.evaluate(CUT_OFF)]
    assert (widths, cut_off) == (dict.fromkeys(addresses, (320, 320)), [])


def test_buttons_are_large_and_nothing_moves_for_who_wants_no_motion(silent: Page, addresses: dict[str, str]) -> None:
    silent.emulate_media(reduced_motion="reduce")
    found = [(name, silent.evaluate(SMALL), silent.evaluate(MOVING)) for name in visit(silent, addresses)]
    assert found == [(name, [], 0) for name in addresses]

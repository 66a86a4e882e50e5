"""Approval in a real browser: a client asks, and staff approve, refuse from the e-mail, or decide nothing in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from bookings import actions
from bookings.models import Booking, Proposal
from bookings.proposals import mail_links
from practice.models import User
from tests.browser.booking import massage, next_monday, open_with_anna
from tests.browser.test_questions import WIDTHS, check, sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.today]


@dataclass(frozen=True, slots=True)
class Words:
    """What the pages say in one language."""

    email: str
    reminders: str
    ask: str
    book: str
    arrived: str
    pending: str
    approve: str
    booked: str
    refuse: str
    not_confirmed: str


ENGLISH = Words(
    "E-mail optional",
    "Yes, please",
    "Request appointment",
    "Book appointment",
    "Your request has arrived.",
    "It is not confirmed yet.",
    "Approve",
    "Your appointment is booked",
    "Refuse",
    "Your appointment could not be confirmed",
)
GERMAN = Words(
    "E-Mail freiwillig",
    "Ja, bitte",
    "Termin anfragen",
    "Termin buchen",
    "Ihre Anfrage ist angekommen.",
    "Der Termin ist noch nicht bestätigt.",
    "Annehmen",
    "Ihr Termin ist gebucht",
    "Ablehnen",
    "Ihr Termin konnte nicht bestätigt werden",
)


@pytest.fixture
def anna(live_server: LiveServer, settings: Settings) -> User:
    """Anna approves each massage within a day."""
    anna = open_with_anna(live_server, settings)
    massage(anna, approval_hours=24)
    return anna


def ask(page: Page, address: str, language: str, words: Words, clock: str) -> str:
    """The address of the client's page after they asked for the Monday after next at this time."""
    page.goto(f"{address}/book/massage/?lang={language}&day={next_monday():%Y-%m-%d}")
    page.get_by_role("button", name=clock).click()
    page.get_by_label("Name").fill(f"Clara {clock}")
    page.get_by_label(words.email).fill(f"clara{clock[:2]}@example.org")
    page.get_by_label(words.reminders).check()
    page.get_by_role("button", name=words.ask).click()
    expect(page.get_by_role("heading", name=words.arrived)).to_be_visible()
    expect(page.get_by_text(words.pending)).to_be_visible()
    return page.url


def reads(page: Page, address: str, heading: str) -> None:
    """The client's page says so."""
    page.goto(address)
    expect(page.get_by_role("heading", name=heading)).to_be_visible()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("language", "words"), [("en", ENGLISH), ("de", GERMAN)], ids=["en", "de"])
def test_staff_approve_refuse_or_do_nothing(
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
    page.set_viewport_size({"width": width, "height": 900})
    approved, refused, expired = (
        ask(page, live_server.url, language, words, clock) for clock in ("09:00", "11:00", "14:00")
    )
    check(page)
    assert set(Booking.objects.values_list("status", flat=True)) == {"pending"}

    sign_in(context, live_server, client, anna)
    page.goto(f"{live_server.url}/bookings/proposals/")
    check(page)
    section = page.locator("main section", has_text="Clara 09:00")
    section.get_by_role("button", name=words.approve).click()
    expect(section.get_by_role("button", name=words.approve)).to_have_count(0)
    reads(page, approved, words.booked)

    context.clear_cookies()
    proposal = Proposal.objects.open().get(booking__seats__client__name="Clara 11:00")
    page.goto(f"{live_server.url}/bookings/proposals/mail/{mail_links.token_of(proposal)}/")
    check(page)
    page.get_by_role("button", name=words.refuse).click()
    expect(page.get_by_role("button", name=words.refuse)).to_have_count(0)
    reads(page, refused, words.not_confirmed)
    check(page)

    last = Booking.objects.get(seats__client__name="Clara 14:00")
    assert last.approval_due_at is not None
    assert actions.expire_undecided(last.approval_due_at + timedelta(minutes=1)) == 1
    reads(page, expired, words.not_confirmed)
    assert sorted(Booking.objects.values_list("status", flat=True)) == ["cancelled", "cancelled", "confirmed"]
    assert problems == []

"""An owner invites somebody, who accepts and is signed in; roles are changed, and invitations are revoked."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from playwright.sync_api import Browser, Page, expect

from practice.models import Practice, User
from tests.browser.conftest import barriers
from tests.browser.test_road import sign_in
from tests.factories import ConnectionFactory, UserFactory
from tests.practice.queue import work

pytestmark = [pytest.mark.django_db(transaction=True)]
CHOSEN = "correct horse battery"


@pytest.fixture(params=[(1280, "light"), (390, "light"), (1280, "dark"), (390, "dark")], ids=str)
def shown(request: Any, page: Page) -> Page:
    """A tab of each width, in light and in dark colours."""
    width, colours = request.param
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=colours)
    return page


def is_sound(page: Page) -> None:
    """The page has no barrier and is not wider than the screen."""
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") is True


def mailed_link() -> str:
    """The link in the e-mail that the worker sends now."""
    work()
    return next(line for line in str(mail.outbox[-1].body).splitlines() if "/team/invitations/" in line)


def accept(page: Page, link: str) -> None:
    """Open the link, and make an account."""
    page.goto(link)
    is_sound(page)
    page.get_by_label("First name").fill("Mara")
    page.get_by_label("Last name").fill("Winter")
    expect(page.get_by_label("User name")).to_have_value("mara")
    page.get_by_label("Password", exact=True).fill(CHOSEN)
    page.get_by_label("Password again").fill(CHOSEN)
    page.get_by_role("button", name="Accept and sign in").click()
    expect(page).to_have_url(re.compile("/calendars/$"))


def test_somebody_is_invited_accepts_and_is_signed_in(
    shown: Page, chromium: Browser, live_server: Any, settings: Any, problems: list[str]
) -> None:
    settings.BASE_URL = live_server.url
    Practice.objects.create(name="Praxis Winter", time_zone="Europe/Berlin")
    UserFactory(username="anna", role="owner")
    sign_in(shown, live_server.url)
    shown.locator(".header details.menu summary").click()
    shown.get_by_role("link", name="Team").click()
    expect(shown.get_by_text("Work with others? Invite them.")).to_be_visible()
    is_sound(shown)
    shown.get_by_role("link", name="Invite somebody").click()
    shown.get_by_label("E-mail").fill("mara@example.com")
    is_sound(shown)
    shown.get_by_role("button", name="Invite", exact=True).click()
    expect(shown.get_by_role("region", name="Invited")).to_contain_text("mara@example.com")
    is_sound(shown)

    link = mailed_link()
    elsewhere = chromium.new_context(locale="en-GB", viewport=shown.viewport_size)
    accept(elsewhere.new_page(), link)
    stranger = chromium.new_context(locale="en-GB").new_page()
    stranger.goto(link)
    expect(stranger.get_by_text("The invitation was accepted already.")).to_be_visible()
    is_sound(stranger)
    stranger.context.close()
    elsewhere.close()

    mara = User.objects.get(username="mara")
    assert (mara.email, mara.role) == ("mara@example.com", "staff")
    ConnectionFactory(user=mara, error_code="unauthorized", needs_attention=True, failing_since=mara.date_joined)
    shown.reload()
    row = shown.get_by_role("row", name="Mara Winter")
    expect(row).to_contain_text("iCloud refuses Mara’s password since")
    is_sound(shown)
    row.get_by_role("link", name="Change role").click()
    is_sound(shown)
    shown.get_by_label("Front desk").check()
    shown.get_by_role("button", name="Save").click()
    expect(shown.get_by_text("Mara Winter: Front desk from now on.")).to_be_visible()
    assert (User.objects.get(username="mara").role, problems) == ("front_desk", [])


def test_an_invitation_is_sent_again_then_revoked_and_its_links_stop_working(
    shown: Page, chromium: Browser, live_server: Any, settings: Any, problems: list[str]
) -> None:
    settings.BASE_URL = live_server.url
    Practice.objects.create(name="Praxis Winter", time_zone="Europe/Berlin")
    UserFactory(username="anna", role="owner")
    sign_in(shown, live_server.url)
    shown.goto(f"{live_server.url}/team/invite/")
    shown.get_by_label("E-mail").fill("mara@example.com")
    shown.get_by_role("button", name="Invite", exact=True).click()
    invited = shown.get_by_role("region", name="Invited")
    invited.get_by_role("button", name="Send again").click()
    is_sound(shown)
    link = mailed_link()
    invited.get_by_role("button", name="Revoke").click()
    expect(invited.get_by_text("mara@example.com")).to_have_count(0)
    is_sound(shown)
    stranger = chromium.new_context(locale="en-GB").new_page()
    stranger.goto(link)
    expect(stranger.get_by_text("The invitation was revoked.")).to_be_visible()
    is_sound(stranger)
    stranger.context.close()
    assert (User.objects.count(), problems) == (1, [])

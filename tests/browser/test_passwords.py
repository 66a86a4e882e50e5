"""Passwords and e-mail addresses in a real browser: forgotten, changed, and confirmed by a link in a mail."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from practice.models import User
from tests.browser.test_accounts import is_sound, sign_out
from tests.browser.test_road import sign_in
from tests.factories import PASSWORD, UserFactory
from tests.practice.queue import work

pytestmark = [pytest.mark.django_db(transaction=True)]
NEW = "correct horse battery"


@pytest.fixture(params=[1280, 390])
def wide(request: Any, page: Page, live_server: Any, settings: Any) -> Page:
    """A tab of each width."""
    settings.BASE_URL = live_server.url
    UserFactory(username="anna", email="anna@example.com", first_name="Anna")
    page.set_viewport_size({"width": request.param, "height": 844})
    return page


def mailed_link(part: str) -> str:
    """The link with this part in the mail that the worker sends last now."""
    work()
    found = re.search(rf"https?://\S+{part}\S+", str(mail.outbox[-1].body))
    assert found is not None
    return found[0]


def enter(page: Page, password: str) -> None:
    page.get_by_label("Username").fill("anna")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_a_forgotten_password_is_replaced_by_a_link_in_a_mail(
    wide: Page, live_server: Any, problems: list[str]
) -> None:
    wide.goto(f"{live_server.url}/accounts/login/")
    wide.get_by_role("link", name="Forgot your password?").click()
    is_sound(wide)
    wide.get_by_label("E-mail").fill("anna@example.com")
    wide.get_by_role("button", name="Send the link").click()
    expect(wide.get_by_role("heading", name="Look into your mailbox")).to_be_visible()
    is_sound(wide)
    wide.goto(mailed_link("/accounts/password/reset/"))
    is_sound(wide)
    for field in wide.locator("input[type=password]").all():
        field.fill(NEW)
    wide.get_by_role("button", name="Set this password").click()
    expect(wide.get_by_role("heading", name="The new password is set")).to_be_visible()
    is_sound(wide)
    wide.get_by_role("link", name="Sign in").click()
    enter(wide, NEW)
    expect(wide.get_by_role("link", name="New booking")).to_be_visible()
    assert problems == []


def test_a_password_is_changed_and_the_old_one_no_longer_works(
    wide: Page, live_server: Any, problems: list[str]
) -> None:
    sign_in(wide, live_server.url)
    wide.goto(f"{live_server.url}/account/")
    wide.get_by_role("link", name="Change the password").click()
    is_sound(wide)
    for field, words in zip(wide.locator("input[type=password]").all(), (PASSWORD, NEW, NEW), strict=True):
        field.fill(words)
    wide.get_by_role("button", name="Change the password").click()
    expect(wide.locator("#messages p")).to_be_visible()
    sign_out(wide)
    enter(wide, PASSWORD)
    expect(wide.locator(".notice--bad")).to_be_visible()
    enter(wide, NEW)
    expect(wide.get_by_role("link", name="New booking")).to_be_visible()
    assert problems == []


def test_another_address_counts_when_its_link_is_opened(wide: Page, live_server: Any, problems: list[str]) -> None:
    sign_in(wide, live_server.url)
    wide.goto(f"{live_server.url}/account/")
    wide.get_by_role("link", name="Change the address").click()
    wide.get_by_label("E-mail").fill("anna@example.net")
    is_sound(wide)
    wide.get_by_role("button", name="Send the link").click()
    link = mailed_link("/account/email/confirm/")
    assert User.objects.get().email == "anna@example.com"
    wide.goto(link)
    is_sound(wide)
    wide.get_by_role("button", name="Confirm the address").click()
    expect(wide.get_by_text("Your e-mail address is now anna@example.net.")).to_be_visible()
    assert (User.objects.get().email, problems) == ("anna@example.net", [])

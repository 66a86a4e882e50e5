"""An account in a real browser: second factors, recovery codes, sessions and passkeys, on a screen and on a phone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from playwright.sync_api import Page, expect

from practice.models import User
from tests.browser.conftest import barriers
from tests.factories import PASSWORD, UserFactory

pytestmark = [pytest.mark.django_db(transaction=True)]
SECOND_FACTOR = "Second factor"


@pytest.fixture
def anna() -> User:
    user: User = UserFactory(username="anna", email="anna@example.com")
    return user


@pytest.fixture(params=[1280, 390])
def wide(request: Any, page: Page) -> Page:
    """A tab of each width."""
    page.set_viewport_size({"width": request.param, "height": 844})
    return page


def codes(secret: str) -> list[str]:
    """The codes of the last, this and the next half minute. The first may be over when it is sent; each works once."""
    return [format_hotp_value(hotp_value(secret, counter)) for counter in yield_hotp_counters_from_time()]


def enter_password(page: Page, kalends: str, who: str = "anna") -> None:
    page.goto(f"{kalends}/accounts/login/")
    page.get_by_label("Username").fill(who)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def enter_code(page: Page, code: str) -> None:
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Sign in").click()


def sign_out(page: Page) -> None:
    page.locator(".header details.menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Password")).to_be_visible()


def is_sound(page: Page) -> None:
    """The page has no barrier and is not wider than the screen."""
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") is True


def set_up_app(page: Page, kalends: str) -> tuple[str, list[str]]:
    """Set up an app; its secret, and the recovery codes."""
    page.goto(f"{kalends}/account/second-factor/")
    is_sound(page)
    page.get_by_role("link", name="Set up an app").click()
    is_sound(page)
    secret = page.locator("code.secret").inner_text()
    page.get_by_label("Code that the app shows").fill(codes(secret)[1])
    page.get_by_role("button", name="Turn on").click()
    expect(page.get_by_text("The app is set up.")).to_be_visible()
    is_sound(page)
    return secret, page.locator(".codes code").all_inner_texts()


def test_an_app_is_asked_for_and_a_recovery_code_stands_for_it(
    wide: Page, live_server: Any, anna: User, problems: list[str]
) -> None:
    kalends = live_server.url
    enter_password(wide, kalends, "ANNA@example.com")
    secret, recovery = set_up_app(wide, kalends)
    assert len(recovery) == 10
    sign_out(wide)

    enter_password(wide, kalends)
    expect(wide.get_by_role("heading", name=SECOND_FACTOR)).to_be_visible()
    is_sound(wide)
    enter_code(wide, "000000")
    expect(wide.get_by_text("This code is wrong, or was used already.")).to_be_visible()
    enter_code(wide, codes(secret)[2])
    expect(wide).to_have_url(f"{kalends}/calendars/")
    sign_out(wide)

    enter_password(wide, kalends)
    enter_code(wide, recovery[0])
    expect(wide).to_have_url(f"{kalends}/calendars/")
    wide.goto(f"{kalends}/account/second-factor/codes/")
    expect(wide.get_by_text("9 of 10 are left.")).to_be_visible()
    assert problems == []


def test_signing_out_everywhere_ends_the_other_devices(
    wide: Page, open_page: Any, live_server: Any, anna: User, chromium: Any
) -> None:
    kalends = live_server.url
    elsewhere = chromium.new_context(locale="en-GB", user_agent="Mozilla/5.0 (iPhone) Version/17 Safari/604")
    phone = elsewhere.new_page()
    enter_password(phone, kalends)
    expect(phone).to_have_url(f"{kalends}/calendars/")
    enter_password(wide, kalends)
    wide.goto(f"{kalends}/account/")
    is_sound(wide)
    wide.get_by_role("link", name="Show the devices").click()
    devices = wide.get_by_role("region", name="Where you are signed in").get_by_role("listitem")
    expect(devices).to_have_count(2)
    expect(devices.first).to_contain_text("Safari on iPhone")
    is_sound(wide)
    wide.get_by_role("button", name="Sign out everywhere else").click()
    expect(wide.get_by_text("You are signed out everywhere else.")).to_be_visible()
    expect(devices).to_have_count(1)
    phone.goto(f"{kalends}/calendars/")
    expect(phone).to_have_url(re.compile(r"/accounts/login/\?next=/calendars/"))
    elsewhere.close()


@pytest.fixture
def key(wide: Page) -> Page:
    """The tab, on a device with a fingerprint reader that says yes."""
    session = wide.context.new_cdp_session(wide)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return wide


def test_a_passkey_signs_in_alone(key: Page, live_server: Any, anna: User, problems: list[str]) -> None:
    kalends = live_server.url
    enter_password(key, kalends)
    key.goto(f"{kalends}/account/second-factor/")
    key.get_by_role("link", name="Add a passkey").click()
    is_sound(key)
    key.get_by_label("Name").fill("My phone")
    key.get_by_role("button", name="Add", exact=True).click()
    expect(key.get_by_role("heading", name="Recovery codes")).to_be_visible()
    key.get_by_role("link", name="I have them").click()
    expect(key.get_by_role("region", name="Passkeys")).to_contain_text("My phone")
    is_sound(key)
    sign_out(key)

    key.goto(f"{kalends}/account/")
    expect(key.get_by_role("button", name="Use a passkey")).to_be_visible()
    is_sound(key)
    key.get_by_role("button", name="Use a passkey").click()
    expect(key.get_by_role("heading", name="Your account")).to_be_visible()
    assert key.url == f"{kalends}/account/"
    sign_out(key)

    enter_password(key, kalends)
    expect(key.get_by_role("heading", name=SECOND_FACTOR)).to_be_visible()
    key.get_by_role("button", name="Use a passkey").click()
    expect(key).to_have_url(f"{kalends}/calendars/")
    assert problems == []

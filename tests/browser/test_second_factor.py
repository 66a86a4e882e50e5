"""Second factors that are given up in a real browser, after one has said again who one is."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Page, expect

from practice.models import User
from tests.browser.sessions import signed_in
from tests.browser.test_accounts import is_sound, set_up_app
from tests.browser.test_accounts import key as key  # a fixture
from tests.browser.test_accounts import wide as wide  # a fixture
from tests.factories import PASSWORD, UserFactory

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def kalends(wide: Page, live_server: Any) -> str:
    """Kalends’ address; Anna is signed in."""
    anna: User = UserFactory(username="anna", email="anna@example.com")
    signed_in(wide.context, live_server.url, anna)
    return str(live_server.url)


def test_new_codes_replace_the_old_ones_and_the_app_is_removed(wide: Page, kalends: str, problems: list[str]) -> None:
    _secret, old = set_up_app(wide, kalends)
    wide.goto(f"{kalends}/account/second-factor/codes/")
    wide.get_by_role("link", name="Make new codes").click()
    is_sound(wide)
    wide.get_by_role("button", name="Make new codes").click()
    new = wide.locator(".codes code")
    expect(new).to_have_count(10)
    assert set(new.all_inner_texts()) & set(old) == set()
    with wide.expect_download() as download:
        wide.get_by_role("link", name="Save as a file").click()
    assert download.value.path().read_text().split()[-10:] == new.all_inner_texts()

    wide.goto(f"{kalends}/account/second-factor/")
    wide.get_by_role("link", name="Remove the app").click()
    is_sound(wide)
    wide.get_by_role("button", name="Remove the app").click()
    expect(wide.get_by_role("link", name="Set up an app")).to_be_visible()
    assert (Authenticator.objects.count(), problems) == (0, [])


def test_a_passkey_is_renamed_and_removed(key: Page, kalends: str, problems: list[str]) -> None:
    key.goto(f"{kalends}/account/second-factor/passkeys/add/")
    key.get_by_label("Name").fill("My phone")
    key.get_by_role("button", name="Add", exact=True).click()
    expect(key.get_by_role("heading", name="Recovery codes")).to_be_visible()
    key.goto(f"{kalends}/account/second-factor/")
    passkeys = key.get_by_role("region", name="Passkeys")
    passkeys.get_by_role("link", name="Rename").click()
    is_sound(key)
    key.get_by_label("Name").fill("Old phone")
    key.get_by_role("button", name="Save").click()
    expect(passkeys).to_contain_text("Old phone")
    passkeys.get_by_role("link", name="Remove").click()
    is_sound(key)
    key.get_by_role("button", name="Remove").click()
    expect(passkeys.get_by_role("link", name="Remove")).to_have_count(0)
    assert (Authenticator.objects.filter(type="webauthn").count(), problems) == (0, [])


def test_who_signed_in_long_ago_enters_the_password_or_a_code_again(
    wide: Page, kalends: str, settings: Any, problems: list[str]
) -> None:
    set_up_app(wide, kalends)
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    wide.goto(f"{kalends}/account/email/")
    expect(wide.get_by_role("heading", name="Is it you?")).to_be_visible()
    is_sound(wide)
    wide.get_by_role("link", name="Enter a code instead").click()
    is_sound(wide)
    wide.get_by_role("link", name="Enter your password instead").click()
    wide.get_by_label("Password").fill("not the password")
    wide.get_by_role("button", name="Go on").click()
    expect(wide.locator(".field__error")).to_be_visible()
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
    wide.get_by_label("Password").fill(PASSWORD)
    wide.get_by_role("button", name="Go on").click()
    expect(wide.get_by_role("heading", name="Another e-mail address")).to_be_visible()
    assert problems == []

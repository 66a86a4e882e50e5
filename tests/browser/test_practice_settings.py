"""The settings of the practice, on a phone and on a desktop, in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from playwright.sync_api import Page, expect

from practice.models import Practice, User
from tests.browser.booking import open_practice
from tests.browser.test_services import anna as anna  # a fixture
from tests.browser.test_services import check
from tests.browser.test_services import signed_in as signed_in  # a fixture

pytestmark = [pytest.mark.django_db(transaction=True)]


def test_what_clients_need_is_marked_and_saved_from_anywhere_on_the_page(
    signed_in: Page, live_server: Any, anna: User, problems: list[str]
) -> None:
    User.objects.filter(pk=anna.pk).update(is_superuser=True)
    page = signed_in
    page.goto(f"{live_server.url}/team/settings/")
    needed = page.locator("label").filter(has_text="needed before clients can book")
    assert [label.inner_text().split(" needed")[0] for label in needed.all()] == [
        "Name",
        "Phone",
        "E-mail",
        "Imprint",
        "Privacy notice",
    ]
    check(page)
    page.get_by_label("Phone needed").fill("030 1234567")
    save = page.get_by_role("button", name="Save", exact=True).last
    for position in (0, 800):
        page.evaluate("position => scrollTo({top: position, behavior: 'instant'})", position)
        expect(save).to_be_in_viewport()
    save.click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert (Practice.objects.get().phone, problems) == ("030 1234567", [])


def test_a_logo_is_shown_to_clients_and_removed(
    signed_in: Page, live_server: Any, settings: Any, anna: User, problems: list[str]
) -> None:
    User.objects.filter(pk=anna.pk).update(is_superuser=True)
    settings.DEMO = True  # its mails are received, so clients can book
    open_practice()
    page = signed_in
    page.goto(f"{live_server.url}/team/settings/")
    logo = page.get_by_role("region", name="Logo")
    logo.locator("input[type=file]").set_input_files(Path(django_settings.BASE_DIR, "static/home-screen/icon-192.png"))
    logo.get_by_role("button", name="Save the logo").click()
    expect(page.get_by_text("The logo is saved.")).to_be_visible()
    assert logo.get_by_role("img", name="Your logo").evaluate("image => image.naturalWidth") > 0
    check(page)
    page.goto(f"{live_server.url}/book/")
    assert page.locator("img[src^='/brand/logo/']").evaluate("image => image.naturalWidth") > 0
    page.goto(f"{live_server.url}/team/settings/")
    logo.get_by_role("button", name="Remove the logo").click()
    expect(page.get_by_text("The logo is removed.")).to_be_visible()
    page.goto(f"{live_server.url}/book/")
    expect(page.locator("img[src^='/brand/logo/']")).to_have_count(0)
    assert problems == []

"""The settings of the practice, on a phone and on a desktop, in a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from practice.models import Practice, User
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

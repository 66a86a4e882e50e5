"""The activity in a real browser: an owner reads what was done, by whom, and from where."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from practice.models import User
from tests.browser.test_public_booking import check
from tests.browser.test_road import sign_in
from tests.factories import ClientFactory, UserFactory

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [1280, 390])
def test_what_an_owner_does_is_listed_with_the_latest_first(
    page: Page, live_server, width: int, problems: list[str]
) -> None:
    UserFactory.create(username="anna", first_name="Anna", last_name="Winter", role="owner")
    ben = UserFactory.create(username="ben", first_name="Ben", last_name="Sommer")
    clara = ClientFactory.create(name="Clara Blum", email="clara@example.org")
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, live_server.url)
    page.goto(f"{live_server.url}/team/{ben.pk}/role/")
    page.get_by_label("Front desk").check()
    page.get_by_role("button", name="Save").click()
    page.goto(f"{live_server.url}/clients/{clara.pk}/")
    page.get_by_label("E-mail").fill("clara.blum@example.org")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()

    page.locator(".header details.menu summary").click()
    page.get_by_role("link", name="Settings of the practice").click()
    page.get_by_role("link", name="Activity").click()
    rows = page.get_by_role("region", name="Activity").locator("tbody tr")
    expect(rows).to_have_count(3)
    said = [
        f"Changed the contact data of a client · client {clara.pk} · e-mail",
        "Changed a role · Ben Sommer · Front desk",
        "Signed in",
    ]
    for row, words in zip(rows.all(), said, strict=True):
        expect(row.locator("td")).to_contain_text(["Anna Winter", words, ""])
    expect(rows.last.locator("td").last).to_have_text("127.0.0.1")
    expect(page.get_by_text("Clara Blum")).to_have_count(0)
    check(page)
    assert (User.objects.get(pk=ben.pk).role, problems) == ("front_desk", [])

"""The QR code of a booking page in a real browser: shown, downloaded in both formats, and of the right address."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from practice.booking_page.qr_code import qr_code
from tests.browser.booking import kalends as kalends  # a fixture
from tests.browser.test_public_booking import check
from tests.browser.test_road import sign_in

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [1280, 390])
def test_the_code_of_a_service_is_shown_and_downloaded(
    page: Page, kalends: str, settings, width: int, problems: list[str]
) -> None:
    settings.BASE_URL = kalends
    address = f"{kalends}/book/massage/"
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, kalends)
    page.goto(f"{kalends}/calendars/settings/services/massage/")
    page.get_by_role("link", name="QR code").click()
    expect(page.get_by_text(address, exact=True)).to_be_visible()
    picture = page.get_by_role("img", name=f"QR code for {address}")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth > 0)") is True
    check(page)
    for kind in ("png", "svg"):
        with page.expect_download() as download:
            page.get_by_role("link", name=f"Download as {kind.upper()}").click()
        assert download.value.suggested_filename == f"booking-page.{kind}"
        assert Path(download.value.path()).read_bytes() == qr_code(address, kind)
    page.goto(address)
    expect(page.get_by_role("heading", name="Massage")).to_be_visible()
    assert problems == []

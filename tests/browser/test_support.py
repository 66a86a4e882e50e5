"""The page Support, in a real browser."""

from __future__ import annotations

import zipfile
from typing import Any

import pytest
from playwright.sync_api import Page

from practice.models import User
from tests.browser.test_services import anna as anna  # a fixture
from tests.browser.test_services import check
from tests.browser.test_services import signed_in as signed_in  # a fixture

pytestmark = [pytest.mark.django_db(transaction=True)]


def test_an_owner_downloads_the_support_bundle(
    signed_in: Page, live_server: Any, anna: User, problems: list[str]
) -> None:
    User.objects.filter(pk=anna.pk).update(is_superuser=True)
    page = signed_in
    page.goto(f"{live_server.url}/team/settings/")
    page.get_by_role("link", name="Support").click()
    page.wait_for_url("**/team/support/")
    check(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the support bundle").click()
    file = download.value
    assert file.suggested_filename.startswith("kalends-support-")
    assert "README.txt" in zipfile.ZipFile(file.path()).namelist()
    assert problems == []


def test_the_admin_offers_the_bundle_too(signed_in: Page, live_server: Any, anna: User, problems: list[str]) -> None:
    User.objects.filter(pk=anna.pk).update(is_superuser=True, is_staff=True)
    page = signed_in
    page.goto(f"{live_server.url}/admin/")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the support bundle").click()
    assert "README.txt" in zipfile.ZipFile(download.value.path()).namelist()
    assert problems == []

"""The booking page's address as a QR code."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from practice.booking_page.addresses import booking_address, is_booking_address
from practice.booking_page.qr_code import qr_code
from tests.factories import ServiceFactory, UserFactory
from tests.pages import find, links

BASE = "https://book.example.com"
QR = "/team/qr-code/"


@pytest.fixture(autouse=True)
def deployment(settings: Any) -> None:
    settings.BASE_URL = BASE


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (f"{BASE}/book/", True),
        (f"{BASE}/book/massage/", True),
        (f"{BASE}/", False),
        ("https://elsewhere.example/book/", False),
        (f"{BASE}/book/a b", False),
        (f"{BASE}/book/\n", False),
        (f"{BASE}/book/{'a' * 300}", False),
    ],
)
def test_only_booking_pages_of_this_deployment_have_a_code(text: str, answer: bool) -> None:
    assert is_booking_address(text) is answer


def test_the_addresses_of_all_and_of_one_service() -> None:
    assert [booking_address(), booking_address("massage")] == [f"{BASE}/book/", f"{BASE}/book/massage/"]


def test_both_pictures_are_dark_on_white_with_a_margin() -> None:
    with Image.open(io.BytesIO(qr_code(f"{BASE}/book/", "png"))) as image:
        pixels = image.convert("L")
        margin = pixels.crop((0, 0, pixels.width, 64)).getextrema()
        assert (pixels.width, pixels.height, margin, pixels.getpixel((65, 65))) == (
            pixels.height,
            pixels.width,
            (255, 255),
            0,
        )
    svg = qr_code(f"{BASE}/book/", "svg").decode()
    assert ("<script" in svg, "style=" in svg, svg.count("<svg")) == (False, False, 1)


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "content_type"), [("svg", "image/svg+xml"), ("png", "image/png")])
def test_staff_see_and_download_it(client: Client, kind: str, content_type: str) -> None:
    client.force_login(UserFactory())
    page = client.get(QR, {"address": f"{BASE}/book/massage/"})
    [address] = [one for _, one in links(page, "//main//a[@download]") if f"/{kind}/" in one]
    answer = client.get(address)
    assert (answer.headers["Content-Type"], answer.content) == (content_type, qr_code(f"{BASE}/book/massage/", kind))


@pytest.mark.django_db
def test_other_addresses_and_strangers_get_none(client: Client) -> None:
    assert client.get(f"{QR}svg/").headers["Location"] == "/accounts/login/?next=/team/qr-code/svg/"
    client.force_login(UserFactory())
    assert client.get(f"{QR}png/", {"address": "https://elsewhere.example/"}).status_code == 404


@pytest.mark.django_db
def test_the_week_and_each_service_show_their_address(client: Client) -> None:
    anna = UserFactory()
    ServiceFactory(slug="massage", visibility="public", staff=[anna])
    client.force_login(anna)
    shown = [
        find(client.get(path), "//button[@data-copy]/@data-copy")
        for path in ("/calendars/", "/calendars/settings/services/massage/")
    ]
    assert shown == [[f"{BASE}/book/"], [f"{BASE}/book/massage/"]]


@pytest.mark.django_db
@pytest.mark.parametrize(("superuser", "shown"), [(True, 1), (False, 0)])
def test_the_week_says_to_owners_what_clients_lack(client: Client, superuser: bool, shown: int) -> None:
    client.force_login(UserFactory(is_superuser=superuser))
    assert len(find(client.get("/calendars/"), "//*[@id='clients-cannot-book']")) == shown

"""The settings of the practice."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from practice.models import Logo, Practice
from tests.factories import UserFactory
from tests.pages import find, links, texts

pytestmark = pytest.mark.django_db
PAGE = "/team/settings/"
FILLED = {
    "name": "Praxis Winter",
    "country": "DE",
    "time_zone": "Europe/Berlin",
    "language": "de",
    "phone": "030 1234567",
    "email": "praxis@example.com",
    "address": "Weg 1\n10115 Berlin",
    "sender": "",
    "colour": "#27489b",
    "imprint": "Anna Winter",
    "privacy_notice": "We keep little.",
    "hidden_from_search": "on",
    "under_attack": "on",
}


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(UserFactory(username="anna", email="anna@example.com", is_superuser=True))
    return client


def picture(size: tuple[int, int] = (40, 20)) -> SimpleUploadedFile:
    stream = io.BytesIO()
    Image.new("RGB", size, "teal").save(stream, "PNG")
    return SimpleUploadedFile("logo.png", stream.getvalue())


def errors(page: Any) -> list[str]:
    return texts(page, "//*[@class='field__error']/li")


@pytest.mark.parametrize("role", ["staff", "front_desk"])
def test_only_owners_see_it_and_find_it_in_the_menu(client: Client, role: str) -> None:
    client.force_login(UserFactory(role=role))
    assert [client.get(PAGE).status_code, client.post(f"{PAGE}logo/").status_code] == [403, 403]
    assert texts(client.get("/account/"), "//a[@href='/team/settings/']") == []


def test_it_is_in_the_menu_of_owners(owner: Client) -> None:
    assert texts(owner.get("/account/"), "//*[@class='menu__body']/a") == [
        "Your account",
        "Team",
        "Settings of the practice",
    ]


def test_everything_is_saved_at_once(owner: Client, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    page = owner.post(PAGE, FILLED, follow=True)
    assert texts(page, "//*[@id='messages']/div") == ["Saved."]
    practice = Practice.objects.get()
    assert {name: getattr(practice, name) for name in FILLED} == {
        **FILLED,
        "hidden_from_search": True,
        "under_attack": True,
    }
    assert find(page, "//*[@id='clients-cannot-book']") == []
    assert links(page, "//*[@class='booking-page']//a[contains(@class, 'button')]") == [
        ("QR code", "/team/qr-code/?address=http%3A%2F%2F127.0.0.1%3A8000%2Fbook%2F"),
        ("See as a client", "http://127.0.0.1:8000/book/"),
    ]


def test_what_is_missing_is_listed_in_order(owner: Client, settings: Any) -> None:
    settings.EMAIL_BACKEND = "config.console.EmailBackend"
    assert texts(owner.get(PAGE), "//*[@id='clients-cannot-book']//li") == [
        "Enter the name of the practice.",
        "Enter a phone number that clients can call.",
        "Enter the address that e-mails come from.",
        "Set EMAIL_URL to your mail server. Now e-mails are only printed, not sent.",
        "Enter the imprint.",
        "Enter the privacy notice, or write a draft of it.",
    ]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"phone": "call me"}, "Enter a phone number like 030 1234567 or +49 30 1234567."),
        ({"phone": "12"}, "Enter a phone number like 030 1234567 or +49 30 1234567."),
        ({"sender": "somebody"}, "Enter a valid email address."),
        ({"colour": "red"}, "Enter a colour like #27489b."),
        (
            {"colour": "#ffffff"},
            "White text on #ffffff cannot be read well: the contrast is 1.0, and 4.5 is needed. "
            "Take a darker colour, such as #757575.",
        ),
    ],
)
def test_each_error_stands_at_its_field_and_nothing_is_saved(
    owner: Client, change: dict[str, str], sentence: str
) -> None:
    assert errors(owner.post(PAGE, {**FILLED, **change})) == [sentence]
    assert Practice.objects.count() == 0


@pytest.mark.parametrize(
    ("button", "first"), [("draft_de", "Entwurf, bitte prüfen lassen"), ("draft_en", "Draft, have it checked")]
)
def test_a_draft_is_made_of_what_is_typed_and_saves_nothing(owner: Client, button: str, first: str) -> None:
    page = owner.post(PAGE, {**FILLED, "name": "Praxis am See", "then": button})
    [notice] = find(page, "//textarea[@name='privacy_notice']")
    lines = notice.text_content().strip().splitlines()
    assert (lines[0], "Praxis am See" in lines, Practice.objects.count()) == (first, True, 0)
    assert find(page, "//input[@name='name']/@value") == ["Praxis am See"]


def test_without_a_mail_server_the_test_mail_says_so(owner: Client) -> None:
    page = owner.post(PAGE, {**FILLED, "then": "test"}, follow=True)
    assert texts(page, "//*[@id='messages']/div") == [
        "Saved.",
        "EMAIL_URL is not set to a mail server, so nothing was sent.",
    ]


def test_who_has_no_address_gets_no_test_mail(client: Client) -> None:
    client.force_login(UserFactory(email="", role="owner"))
    page = client.post(PAGE, {**FILLED, "then": "test"}, follow=True)
    assert texts(page, "//*[@id='messages']/div") == [
        "Saved.",
        "Your account has no e-mail address, so nothing was sent.",
    ]


def test_a_logo_is_stored_served_for_a_year_and_removed(owner: Client) -> None:
    owner.post(f"{PAGE}logo/", {"logo": picture()})
    [address] = find(owner.get(PAGE), "//img[@class='logo-shown']/@src")
    answer = Client().get(address)
    logo = Logo.objects.get()
    assert (answer.content, answer.headers["Content-Type"]) == (bytes(logo.content), "image/png")
    assert (answer.headers["ETag"], answer.headers["X-Content-Type-Options"]) == (f'"{logo.digest}"', "nosniff")
    assert sorted(answer.headers["Cache-Control"].split(", ")) == ["immutable", "max-age=31536000", "public"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert Client().get(address, headers={"If-None-Match": f'"{logo.digest}"'}).status_code == 304
    owner.post(f"{PAGE}logo/", {"remove": "yes"})
    assert (Logo.objects.count(), Client().get(address).status_code) == (0, 404)


def test_the_address_of_an_older_logo_leads_to_the_new_one(owner: Client) -> None:
    owner.post(f"{PAGE}logo/", {"logo": picture()})
    old = Practice.current().logo_url
    owner.post(f"{PAGE}logo/", {"logo": picture((50, 50))})
    assert Client().get(old).headers["Location"] == Practice.current().logo_url
    assert Logo.objects.count() == 1


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (b"<svg/>", "This is no picture that can be used. Take a PNG, JPEG or WebP file."),
        (bytes(5_000_001), "This picture is too large. Take one of at most 5 MB and 25 million pixels."),
    ],
)
def test_a_file_that_is_no_logo_is_refused_at_its_field(owner: Client, file: bytes, sentence: str) -> None:
    page = owner.post(f"{PAGE}logo/", {"logo": SimpleUploadedFile("logo.svg", file)})
    assert (errors(page), Logo.objects.count()) == ([sentence], 0)


def test_the_colour_is_a_style_sheet_of_its_own(client: Client) -> None:
    sheet = client.get("/brand/27489b.css")
    assert (sheet.content, sheet.headers["Content-Type"]) == (b":root { --brand: #27489b; }\n", "text/css")
    assert client.get("/brand/27489b;}.css").status_code == 404


@pytest.mark.parametrize(("sent", "stored"), [("3", 3), ("", None)])
def test_upcoming_bookings_of_a_client_are_limited_or_not(owner: Client, sent: str, stored: int | None) -> None:
    owner.post(PAGE, FILLED | {"max_upcoming": sent})
    assert Practice.current().max_upcoming == stored


def test_a_limit_of_no_bookings_is_refused_at_its_field(owner: Client) -> None:
    page = owner.post(PAGE, FILLED | {"max_upcoming": "0"})
    assert errors(page) == ["Enter at least 1, or nothing for no limit."]

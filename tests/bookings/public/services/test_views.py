"""The list of services: what is listed, and what nobody finds."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

from bookings.models import Service
from practice.models import Practice, User
from tests.factories import ServiceFactory, UserFactory
from tests.pages import find, links, texts

pytestmark = pytest.mark.django_db


def test_only_listed_services_with_staff_are_shown_in_their_order(client: Client, massage: Service, anna: User) -> None:
    ServiceFactory(name="Advice", slug="advice", visibility="public", position=1, staff=[anna])
    ServiceFactory(name="Secret", slug="secret", visibility="unlisted", staff=[anna])
    ServiceFactory(name="By phone", slug="by-phone", visibility="staff", staff=[anna])
    ServiceFactory(name="Over", slug="over", visibility="off", staff=[anna])
    ServiceFactory(name="Nobody", slug="nobody", visibility="public", staff=[UserFactory(is_active=False)])
    assert texts(client.get("/book/"), "//*[@class='choice__name']") == ["Massage", "Advice"]


@pytest.mark.parametrize(("visibility", "status"), [("public", 200), ("unlisted", 200), ("staff", 404), ("off", 404)])
def test_a_service_is_found_by_its_address_if_clients_can_book_it(
    client: Client, massage: Service, visibility: str, status: int
) -> None:
    Service.objects.update(visibility=visibility)
    assert client.get("/book/massage/").status_code == status


def test_what_is_off_and_what_never_was_answer_alike(client: Client, massage: Service) -> None:
    Service.objects.update(visibility="off")
    off, never = (texts(client.get(f"/book/{slug}/"), "//main") for slug in ("massage", "never"))
    assert (
        off
        == never
        == ["This page does not exist The address may be mistyped, or this can no longer be booked online."]
    )


def test_until_the_practice_is_complete_nothing_can_be_booked(client: Client, massage: Service) -> None:
    Practice.objects.update(imprint="")
    pages = [client.get(address) for address in ("/book/", "/book/massage/", "/book/with/anna-winter/")]
    assert [(page.status_code, texts(page, "//h1")) for page in pages] == [
        (503, ["Online booking is not open yet"])
    ] * 3


def test_without_services_the_page_offers_the_phone(client: Client, practice_of_clients: Practice) -> None:
    page = client.get("/book/")
    assert texts(page, "//main/p[not(a)]") == ["Nothing can be booked online at the moment. Please call 030 1234567."]


def test_the_page_of_a_person_has_what_they_offer_and_keeps_them(client: Client, massage: Service, anna: User) -> None:
    ServiceFactory(name="Of Ben", slug="of-ben", visibility="public", staff=[UserFactory()])
    page = client.get("/book/with/anna-winter/")
    assert texts(page, "//h1") == ["Book an appointment with Anna Winter"]
    assert [address for _words, address in links(page, "//a[@class='choice']")] == ["/book/massage/?staff=anna-winter"]
    assert "anna-signs-in" not in page.content.decode()


def test_a_former_address_of_a_person_leads_to_the_new_one(client: Client, massage: Service, anna: User) -> None:
    anna.slug = "anna"
    anna.save()
    answers = [client.get(f"/book/with/anna-winter/{query}") for query in ("", "?lang=de")]
    assert [(one.status_code, one["Location"]) for one in answers] == [
        (302, "/book/with/anna/"),
        (302, "/book/with/anna/?lang=de"),
    ]


@pytest.mark.parametrize("slug", ["nobody", "colleague"])
def test_a_person_without_listed_services_is_not_found(client: Client, massage: Service, slug: str) -> None:
    colleague = UserFactory(slug="colleague")
    ServiceFactory(visibility="unlisted", staff=[colleague])
    assert client.get(f"/book/with/{slug}/").status_code == 404


def test_the_footer_of_each_page_links_imprint_privacy_and_accessibility(client: Client, massage: Service) -> None:
    for address in ("/book/", "/book/massage/", "/book/never/", "/imprint/"):
        assert links(client.get(address), "//footer//ul//a") == [
            ("Imprint", "/imprint/"),
            ("Privacy", "/privacy/"),
            ("Accessibility", "/accessibility/"),
        ]


def test_search_engines_are_asked_to_leave_only_if_the_practice_wants_that(client: Client, massage: Service) -> None:
    before = find(client.get("/book/"), "//meta[@name='robots']")
    Practice.objects.update(hidden_from_search=True)
    [robots] = find(client.get("/book/"), "//meta[@name='robots']")
    assert (before, robots.get("content")) == ([], "noindex")


@pytest.mark.parametrize(
    ("browser", "query", "title"),
    [
        ("en-GB", "", "Book an appointment"),
        ("de-AT", "", "Termin buchen"),
        ("fr", "", "Termin buchen"),
        ("en", "?lang=de", "Termin buchen"),
        ("de", "?lang=en", "Book an appointment"),
    ],
)
def test_the_language_is_that_of_the_address_then_the_browsers_then_the_practices(
    client: Client, massage: Service, browser: str, query: str, title: str
) -> None:
    Practice.objects.update(language="de")
    page = client.get(f"/book/{query}", headers={"accept-language": browser})
    [lang] = find(page, "/html/@lang")
    assert (texts(page, "//h1"), lang == "de") == ([title], title == "Termin buchen")


def test_no_page_reads_the_session_of_staff_who_are_signed_in(client: Client, massage: Service, anna: User) -> None:
    client.force_login(anna)
    page = client.get("/book/massage/")
    assert ("Cookie" in page.get("Vary", ""), page.cookies) == (False, {})


def test_settings_of_the_demo_are_not_needed_where_mails_are_sent(
    client: Client, massage: Service, settings: Settings
) -> None:
    settings.DEMO = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert client.get("/book/").status_code == 200

"""The tab Services: what can be booked with the person signed in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from bookings.models import Service
from practice.models import User
from tests.factories import ServiceFactory, UserFactory
from tests.pages import find, headings_and_buttons, links, texts

pytestmark = pytest.mark.django_db
URL = "/calendars/settings/services/"


def sent(**changed: Any) -> dict[str, Any]:
    form = {"name": "Deep Tissue Massage", "minutes": 60, "slot_minutes": 15, "buffer_before_minutes": 0}
    form |= {"buffer_after_minutes": 10, "notice_minutes": 60, "horizon_days": 60, "visibility": "staff"}
    form |= {"location_kind": "place", "cancel_minutes": 1440, "reschedule_minutes": 1440}
    return form | changed


def errors(page: Any) -> list[str]:
    return texts(page, "//ul[@class='field__error']/li")


def shown(page: Any, name: str) -> tuple[str, str]:
    """The number and the unit that a field of durations shows."""
    [number] = find(page, f"//input[@name='{name}']")
    [unit] = texts(page, f"//select[@name='{name}_unit']/option[@selected]")
    return number.get("value", ""), unit


def test_services_are_listed_with_what_cuts_up_the_day(anna_client: Client, anna: User) -> None:
    ServiceFactory(name="Massage", slug="massage", buffer_after_minutes=10, staff=[anna])
    ServiceFactory(name="Advice", slug="advice", visibility="off", staff=[anna])
    ServiceFactory(name="Of Berta", staff=[UserFactory()])
    page = anna_client.get(URL)
    assert texts(page, "//tbody/tr") == [
        "Massage 60 min 15 min 0 min before, 10 min after Only staff, for clients who call",
        "Advice 60 min 15 min 0 min before, 0 min after Nobody at the moment",
    ]
    assert links(page, "//tbody//a") == [("Massage", f"{URL}massage/"), ("Advice", f"{URL}advice/")]


def test_without_services_the_page_says_what_one_is_and_offers_to_make_it(anna_client: Client) -> None:
    page = anna_client.get(URL)
    assert texts(page, "//div[@class='empty']") == [
        "What can be booked with you? A service says how long a booking takes and when it can start. Without "
        "one, nothing can be booked. New service"
    ]
    assert links(page, "//div[@class='empty']//a") == [("New service", f"{URL}new/")]


def test_a_new_service_is_booked_with_its_maker_and_named_after_itself(anna_client: Client, anna: User) -> None:
    response = anna_client.post(f"{URL}new/", sent(), follow=True)
    service = Service.objects.get()
    assert (service.slug, list(service.staff.all())) == ("deep-tissue-massage", [anna])
    assert texts(response, "//div[@id='messages']") == ["“Deep Tissue Massage” can be booked now."]


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Massage", "massage-2"), ("New", "new-2"), ("Preview", "preview-2"), ("按摩", "service"), ("Fußweg", "fuweg")],
)
def test_addresses_are_unique_and_never_empty_or_taken_by_the_form(anna_client: Client, name: str, slug: str) -> None:
    ServiceFactory(slug="massage")
    anna_client.post(f"{URL}new/", sent(name=name))
    assert Service.objects.get(name=name).slug == slug


def test_a_service_that_takes_no_time_is_refused_at_its_field(anna_client: Client) -> None:
    page = anna_client.post(f"{URL}new/", sent(minutes=0, slot_minutes=0))
    assert texts(page, "//ul[@class='field__error']") == ["Enter at least 1."] * 2
    assert Service.objects.count() == 0


@pytest.mark.parametrize(("farthest", "days"), [(400, ("90", "days")), (60, ("60", "days"))])
def test_a_new_service_begins_with_what_suits_most(
    anna_client: Client, settings: Any, farthest: int, days: tuple[str, str]
) -> None:
    settings.BOOKING_HORIZON_DAYS = farthest
    page = anna_client.get(f"{URL}new/")
    assert {name: shown(page, name) for name in ("slot_minutes", "notice_minutes", "cancel_minutes")} == {
        "slot_minutes": ("", "minutes"),
        "notice_minutes": ("24", "hours"),
        "cancel_minutes": ("24", "hours"),
    }
    assert (shown(page, "reschedule_minutes"), shown(page, "horizon_days")) == (("24", "hours"), days)
    assert shown(page, "reminder_hours") == ("2", "days")
    assert find(page, "//input[@name='location_kind'][@checked]") == []


@pytest.mark.parametrize(("minutes", "interval"), [(45, 45), (60, 60), (90, 60)])
def test_start_times_are_as_far_apart_as_it_takes_but_an_hour_at_most(
    anna_client: Client, minutes: int, interval: int
) -> None:
    anna_client.post(f"{URL}new/", sent(minutes=minutes, slot_minutes=""))
    assert Service.objects.get().slot_minutes == interval


def test_everything_that_clients_read_is_kept(anna_client: Client) -> None:
    said = {"description": "For tired backs.", "price": "80 €", "visibility": "unlisted", "mail_line": "Bring a towel."}
    said |= {"location_kind": "video", "location": "https://meet.example.org/{room}", "position": 3}
    ticked = {"ask_both": "on", "note_allowed": "on", "series_allowed": "on", "max_in_series": 6}
    times = {"cancel_minutes": 2, "cancel_minutes_unit": 1440, "reschedule_minutes": 3, "reschedule_minutes_unit": 60}
    times |= {"horizon_days": 2, "horizon_days_unit": 7 * 1440, "reminder_hours": 1, "reminder_hours_unit": 1440}
    assert anna_client.post(f"{URL}new/", sent(**said, **ticked, **times)).status_code == 302
    service = Service.objects.get()
    assert {name: getattr(service, name) for name in said} == said
    assert (service.ask_both, service.note_allowed) == (True, True)
    assert (service.series_allowed, service.max_in_series) == (True, 6)
    assert (service.cancel_minutes, service.reschedule_minutes) == (2 * 1440, 180)
    assert (service.horizon_days, service.reminder_hours) == (14, 24)


@pytest.mark.parametrize(("typed", "kept"), [("", 12), ("52", 52)])
def test_a_series_has_twelve_appointments_at_most_unless_it_is_said(anna_client: Client, typed: str, kept: int) -> None:
    anna_client.post(f"{URL}new/", sent(max_in_series=typed))
    assert (Service.objects.get().series_allowed, Service.objects.get().max_in_series) == (False, kept)


@pytest.mark.parametrize("typed", ["1", "53"])
def test_a_series_of_one_or_of_more_than_a_year_of_weeks_is_refused(anna_client: Client, typed: str) -> None:
    assert anna_client.post(f"{URL}new/", sent(max_in_series=typed)).status_code != 302
    assert Service.objects.count() == 0


def test_reminders_are_off_where_the_field_is_empty(anna_client: Client) -> None:
    anna_client.post(f"{URL}new/", sent(reminder_hours=""))
    assert (Service.objects.get().reminder_hours, Service.objects.get().reminder_before) == (None, None)


def test_a_service_may_need_approval_within_a_time(anna_client: Client) -> None:
    anna_client.post(f"{URL}new/", sent(approval_hours=48))
    assert Service.objects.get().approve_within == timedelta(hours=48)


@pytest.mark.parametrize(
    ("kind", "location", "sentence"),
    [
        ("video", "", "Enter the link of the call, or say how clients get it."),
        ("video", "https://meet", "This link is not complete. Enter one like https://meet.example.org/{room}."),
        (
            "video",
            "https://meet.example.org/{token}",
            "Only {room} may be in braces. Each booking has a random room of its own.",
        ),
        (
            "video",
            "In {room}",
            "{room} belongs in the link of a video call, for example https://meet.example.org/{room}.",
        ),
        (
            "place",
            "https://meet.example.org/{room}",
            "{room} belongs in the link of a video call, for example https://meet.example.org/{room}.",
        ),
    ],
)
def test_a_location_that_leads_nowhere_is_refused(anna_client: Client, kind: str, location: str, sentence: str) -> None:
    assert errors(anna_client.post(f"{URL}new/", sent(location_kind=kind, location=location))) == [sentence]


def test_all_that_is_wrong_is_said_at_once_and_what_is_folded_away_is_opened(anna_client: Client) -> None:
    wrong = {"location_kind": "", "notice_minutes": -1, "reminder_hours": 700, "position": -1}
    page = anna_client.post(f"{URL}new/", sent(name="", **wrong))
    assert errors(page) == [
        "Enter a name.",
        "Say where it takes place.",
        "Enter a number that is not negative.",
        "Enter at most 672 hours (four weeks).",
        "Enter a number that is not negative.",
    ]
    assert len(find(page, "//details[@class='rules'][@open]")) == 1


def test_at_most_ten_fields_are_open_and_the_rest_is_folded_away(anna_client: Client) -> None:
    page = anna_client.get(f"{URL}new/")
    fields = "[contains(concat(' ', @class, ' '), ' field ')]"
    assert len(find(page, f"//main//form//*{fields}[not(ancestor::details)]")) == 9
    assert len(find(page, f"//details[@class='rules'][not(@open)]//*{fields}")) == 17


def test_a_new_service_that_is_off_is_not_said_to_be_bookable(anna_client: Client) -> None:
    page = anna_client.post(f"{URL}new/", sent(visibility="off"), follow=True)
    assert texts(page, "//div[@id='messages']") == ["“Deep Tissue Massage” saved. Nobody can book it yet."]


@pytest.mark.parametrize(("superuser", "shown"), [(True, 1), (False, 0)])
def test_owners_read_at_a_public_service_what_clients_lack(
    anna_client: Client, anna: User, superuser: bool, shown: int
) -> None:
    User.objects.update(is_superuser=superuser)
    ServiceFactory(slug="massage", visibility="public", staff=[anna])
    assert len(find(anna_client.get(f"{URL}massage/"), "//*[@id='clients-cannot-book']")) == shown


def test_a_service_for_clients_shows_the_address_of_its_page(anna_client: Client, anna: User) -> None:
    for visibility in Service.Visibility:
        ServiceFactory(slug=visibility.value, visibility=visibility, staff=[anna])
    pages = {slug: anna_client.get(f"{URL}{slug}/") for slug in Service.Visibility.values}
    linked = {slug: [text for text, _ in links(page, "//*[@class='booking-page']//a")] for slug, page in pages.items()}
    address = [f"{settings.BASE_URL}/book/{slug}/" for slug in ("public", "unlisted")]
    assert linked == {
        "public": [address[0], "QR code", "See as a client"],
        "unlisted": [address[1], "QR code", "See as a client"],
        "staff": [],
        "off": [],
    }


def test_the_preview_shows_what_clients_will_read_and_leaves_out_what_is_wrong(anna_client: Client) -> None:
    page = anna_client.post(f"{URL}preview/", sent(price="80 €", description="For tired backs.", notice_minutes=""))
    assert texts(page, "//p") == ["Deep Tissue Massage 60 minutes · 80 € For tired backs."]
    assert texts(anna_client.post(f"{URL}preview/", {"name": ""}), "//p") == ["Enter a name and a duration."]
    assert Service.objects.count() == 0


def test_numbers_without_measure_are_refused_at_their_fields(anna_client: Client) -> None:
    page = anna_client.post(f"{URL}new/", sent(minutes="9" * 14, slot_minutes=1441, horizon_days="9" * 5000))
    assert texts(page, "//ul[@class='field__error']") == [
        "Enter at most 10080 minutes (one week).",
        "Enter at most 1440 minutes (one day).",
        "Enter a whole number.",
    ]
    assert Service.objects.count() == 0


def test_a_renamed_service_keeps_its_address(anna_client: Client, anna: User) -> None:
    ServiceFactory(slug="massage", staff=[anna])
    anna_client.post(f"{URL}massage/", sent(name="Relaxation", minutes=45))
    assert list(Service.objects.values_list("slug", "name", "minutes")) == [("massage", "Relaxation", 45)]


def test_a_service_of_somebody_else_is_not_found(anna_client: Client) -> None:
    ServiceFactory(slug="theirs", name="Theirs", staff=[UserFactory()])
    answers = [anna_client.get(f"{URL}theirs/").status_code, anna_client.post(f"{URL}theirs/", sent()).status_code]
    assert (answers, Service.objects.get().name) == ([404, 404], "Theirs")


def test_thirty_services_cost_as_many_queries_as_one(
    anna_client: Client, anna: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ServiceFactory(staff=[anna])
    anna_client.get(URL)
    with django_assert_num_queries(11):
        anna_client.get(URL)
    ServiceFactory.create_batch(29, staff=[anna])
    with django_assert_num_queries(11):
        anna_client.get(URL)


def test_changing_a_service_that_others_offer_says_so_and_asks(anna_client: Client, anna: User) -> None:
    ServiceFactory(name="Massage", slug="massage", staff=[anna, UserFactory(first_name="Berta", last_name="Blum")])
    url = f"{URL}massage/"
    asked = "//div[@class='field field--check'][.//input[@name='for_others']]"
    said = "Change it for Berta Blum too Also offered by Berta Blum. It is one service, so it changes for everybody."
    assert texts(anna_client.get(url), asked) == [said]
    refused = anna_client.post(url, sent(name="Rest"))
    assert texts(refused, f"{asked}//*[contains(@class, 'error')]")[:1] == [
        "Others offer this service too. Say that you mean to change it for them."
    ]
    assert Service.objects.get().name == "Massage"
    anna_client.post(url, sent(name="Rest", for_others="on"))
    assert Service.objects.get().name == "Rest"


def test_the_form_says_that_buffers_add_up(anna_client: Client) -> None:
    hint = "//p[@id='id_buffer_after_minutes_helptext']"
    assert texts(anna_client.get(f"{URL}new/"), hint) == [
        "Buffers add up: the one after a booking and the one before the next booking are both kept free."
    ]


@pytest.mark.parametrize(("sent_day", "stored"), [("3", (3, 10)), ("", (None, 10))])
def test_bookings_of_a_service_are_limited_per_day_and_week(
    anna_client: Client, sent_day: str, stored: tuple[int | None, int]
) -> None:
    anna_client.post(f"{URL}new/", sent(max_per_day=sent_day, max_per_week=10))
    service = Service.objects.get()
    assert (service.max_per_day, service.max_per_week) == stored


def test_a_limit_of_no_bookings_opens_more_and_is_refused_there(anna_client: Client) -> None:
    page = anna_client.post(f"{URL}new/", sent(max_per_day=0))
    assert errors(page) == ["Enter at least 1, or nothing for no limit."]
    assert len(find(page, "//details[@open]//input[@name='max_per_day']")) == 1


def test_the_list_is_in_german_for_who_reads_german(german_client: Client) -> None:
    headings, buttons = headings_and_buttons(german_client.get(URL))
    assert headings == ["Kalendereinstellungen", "Was kann man bei Ihnen buchen?"]
    assert buttons == ["Neues Angebot"]


def test_the_form_is_in_german_for_who_reads_german(german_client: Client) -> None:
    page = german_client.post(f"{URL}new/", sent(minutes_0="60", name=""))
    assert headings_and_buttons(page) == (["Neues Angebot", "So sehen es Ihre Kunden"], ["Speichern", "Zurück"])
    assert errors(page) == ["Geben Sie einen Namen ein."]


@pytest.mark.parametrize(
    ("typed", "kept", "sentence"),
    [
        ("90, 30 90", [30, 90], []),
        ("", [], []),
        ("half an hour", None, ["Enter numbers of minutes, for example 30, 90."]),
        ("0", None, ["Enter at least 1."]),
        ("99999", None, ["Enter at most 10080 minutes (one week)."]),
        ("1 2 3 4 5 6 7 8 9", None, ["Enter at most 8 durations."]),
    ],
)
def test_further_durations_are_numbers_of_minutes(
    anna_client: Client, anna: User, typed: str, kept: list[int] | None, sentence: list[str]
) -> None:
    page = anna_client.post(f"{URL}new/", sent(other_minutes=typed))
    stored = Service.objects.values_list("other_minutes", flat=True).first()
    assert (stored, errors(page) if page.status_code == 200 else []) == (kept, sentence)

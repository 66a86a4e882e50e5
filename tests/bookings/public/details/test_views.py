"""The form: what it asks, what it refuses and keeps, and that one choice makes one booking."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from bookings.models import Booking, Claim, Hold, Seat, Service
from practice.models import Practice, User
from tests.bookings.public.steps import booked, buttons, details_address, hold, sent_fields, typed
from tests.factories import BookingFactory, UserFactory, office_hours
from tests.pages import find, links, texts

pytestmark = pytest.mark.django_db
ERRORS = "//div[contains(@class, 'notice--bad')]//li"


def test_the_form_says_what_is_booked_and_until_when_it_can_be_cancelled(client: Client, massage: Service) -> None:
    page = client.get(details_address(client))
    assert texts(page, "//p[@class='hint']") == [
        "We keep this time for you while you fill this in.",
        "E-mail or phone: one of them is enough.",
        "We use what you enter here only for your appointment. What happens with your data (opens in a new tab)",
        "You can change or cancel online until Mon 10:00.",
        "After that please call 030 1234567.",
    ]


def test_the_link_of_a_call_is_not_shown_before_it_is_booked(client: Client, massage: Service) -> None:
    Service.objects.update(location_kind="video", location="https://meet.example.org/{room}")
    page = client.get(details_address(client))
    assert texts(page, "//dd")[-1] == "By video call"
    assert b"meet.example.org" not in page.content


def test_the_form_is_not_stored_and_tells_other_sites_no_address(client: Client, massage: Service) -> None:
    page = client.get(details_address(client))
    assert (page["Cache-Control"], page["Referrer-Policy"]) == ("no-store", "strict-origin")


def test_what_is_missing_is_said_at_the_top_and_linked_to_its_field(client: Client, massage: Service) -> None:
    page = client.post(details_address(client), {}, follow=True)
    assert links(page, f"{ERRORS}/a") == [
        ("Enter your name.", "#id_name"),
        ("Enter an e-mail address or a phone number.", "#id_email"),
        ("Say whether we shall remind you.", "#id_reminders"),
    ]
    assert texts(page, "//title") == ["Please check · Your details · Praxis Winter"]
    assert (find(page, "//*[@id='id_reminders']")[0].tag, Booking.objects.count()) == ("fieldset", 0)


@pytest.mark.parametrize(
    ("contact", "kept"),
    [
        ({"email": "", "phone": "0170 1234567"}, ("", "+491701234567")),
        ({"email": "Clara@Example.ORG"}, ("Clara@example.org", "")),
        ({"phone": "+43 1 5354848"}, ("clara@example.org", "+4315354848")),
    ],
)
def test_one_way_to_reach_the_client_is_enough(
    client: Client, massage: Service, contact: dict[str, str], kept: tuple[str, str]
) -> None:
    booked(client, **contact)
    person = Seat.objects.get().client
    assert (person.name, person.email, person.phone) == ("Clara Sommer", *kept)


def test_a_service_may_need_both(client: Client, massage: Service) -> None:
    Service.objects.update(ask_both=True)
    page = client.post(details_address(client), typed(), follow=True)
    assert texts(page, ERRORS) == ["Enter your phone number."]


def test_what_needs_approval_is_requested_and_not_booked(client: Client, massage: Service) -> None:
    Service.objects.update(approval_hours=24)
    address = details_address(client)
    assert "Request appointment" in texts(client.get(address), "//button")
    page = client.post(address, typed(), follow=True)
    booking = Booking.objects.get()
    assert (booking.status, booking.cause) == ("pending", "approval")
    assert texts(page, "//h1") == ["Your request has arrived."]


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("email", "clara@", "Enter an e-mail address like name@example.com."),
        ("phone", "call me", "Write the number as 030 1234567 or +49 30 1234567."),
        ("phone", "1", "Write the number as 030 1234567 or +49 30 1234567."),
        ("name", "   ", "Enter your name."),
        ("name", "x" * 201, "Ensure this value has at most 200 characters (it has 201)."),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_with_everything_kept(
    client: Client, massage: Service, field: str, text: str, sentence: str
) -> None:
    page = client.post(details_address(client), typed(**{field: text}), follow=True)
    assert (texts(page, ERRORS), sent_fields(page)[field]) == ([sentence], text)


def test_a_mistyped_address_is_asked_about_once(client: Client, massage: Service) -> None:
    address = details_address(client)
    page = client.post(address, typed(email="clara@gmial.com"), follow=True)
    assert links(page, f"{ERRORS}/a") == [("Check your e-mail address.", "#id_email")]
    assert texts(page, "//*[@id='id_email_error']") == ["Did you mean clara@gmail.com?"]
    assert page.content.decode().count("Did you mean") == 1
    assert client.post(address, sent_fields(page)).status_code == 303
    assert Seat.objects.get().client.email == "clara@gmial.com"


def test_the_address_that_was_meant_is_taken_with_one_press(client: Client, massage: Service) -> None:
    address = details_address(client)
    page = client.post(address, typed(email="clara@gmial.com"), follow=True)
    [button] = find(page, "//button[@name='use_email']")
    client.post(address, sent_fields(page) | {"use_email": button.get("value")})
    assert Seat.objects.get().client.email == "clara@gmail.com"


@pytest.mark.parametrize(("country", "asked"), [("DE", 2), ("AT", 2), ("CH", 2), ("NL", 0), ("", 0)])
def test_consent_to_reminders_is_asked_where_the_country_wants_it(
    client: Client, massage: Service, country: str, asked: int
) -> None:
    Practice.objects.update(country=country)
    page = client.get(details_address(client))
    assert len(find(page, "//input[@name='reminders']")) == asked
    assert find(page, "//input[@checked]") == []


@pytest.mark.parametrize(("country", "answer", "wanted"), [("DE", "yes", True), ("DE", "no", False), ("NL", "", True)])
def test_the_answer_about_reminders_is_kept(
    client: Client, massage: Service, country: str, answer: str, wanted: bool
) -> None:
    Practice.objects.update(country=country)
    booked(client, reminders=answer)
    assert Seat.objects.get().reminders is wanted


def test_a_note_is_taken_only_where_the_service_allows_it(client: Client, massage: Service) -> None:
    booked(client, note="I am late")
    Service.objects.update(note_allowed=True)
    client.post(details_address(client, start="2026-12-02T10:00:00+01:00"), typed(note="Two stairs"))
    assert list(Seat.objects.values_list("note", flat=True)) == ["", "Two stairs"]


def test_language_and_zone_are_kept_for_later_mails(client: Client, massage: Service) -> None:
    Service.objects.update(location_kind="phone")
    address = details_address(client, zone="America/New_York", lang="de")
    client.post(address, typed())
    seat = Seat.objects.get()
    assert (seat.language, seat.time_zone) == ("de", "America/New_York")


def test_the_same_form_sent_again_makes_one_booking(client: Client, massage: Service) -> None:
    address = details_address(client)
    answers = {client.post(address, typed())["Location"] for _ in range(3)}
    assert (len(answers), Booking.objects.count()) == (1, 1)
    assert client.get(address)["Location"] in answers


def test_a_form_that_was_left_open_still_books_a_free_time(
    client: Client, massage: Service, clock: time_machine.Traveller
) -> None:
    address = details_address(client)
    clock.shift(timedelta(minutes=45))
    assert client.post(address, typed()).status_code == 303
    assert Booking.objects.count() == 1


def test_a_time_that_has_gone_offers_the_nearest_and_keeps_what_was_typed(
    client: Client, massage: Service, clock: time_machine.Traveller
) -> None:
    Service.objects.update(note_allowed=True)
    address = details_address(client, visitor="v" * 22)
    clock.shift(timedelta(minutes=45))
    hold(client, visitor="w" * 22)
    page = client.post(address, typed(note="Two stairs"), follow=True)
    assert texts(page, "//div[@role='status']/p") == ["That time has gone. Nearest:"]
    assert buttons(page) == ["Tue 1 December, 09:00", "Tue 1 December, 11:00", "Tue 1 December, 12:00"]
    [nearest] = find(page, "//div[@role='status']//button[1]")
    chosen = client.post(nearest.get("formaction"), sent_fields(page) | {"start": nearest.get("value")}, follow=True)
    assert (sent_fields(chosen)["name"], sent_fields(chosen)["note"]) == ("Clara Sommer", "Two stairs")
    [form] = find(chosen, "//form[@data-extend]")
    assert client.post(form.get("action"), sent_fields(chosen)).status_code == 303
    assert Booking.objects.get().start.isoformat() == "2026-12-01T08:00:00+00:00"


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        ({"name": ""}, "fields"),
        ({"email": "clara@gmial.com"}, "fields"),
        ({"website": "https://example.com"}, "unchecked"),
    ],
)
def test_a_form_that_has_to_be_put_right_is_shown_by_a_get_without_anything_typed_in_its_address(
    client: Client, massage: Service, sent: dict[str, str], problem: str
) -> None:
    address = details_address(client)
    answer = client.post(address, typed(**sent))
    assert (answer.status_code, answer["Location"]) == (303, f"{address}&problem={problem}")
    pages = [client.get(answer["Location"]) for _ in range(2)]
    assert [sent_fields(page)["email"] for page in pages] == [sent.get("email", "clara@example.org")] * 2


def test_a_step_back_shows_what_was_typed_without_what_was_wrong(client: Client, massage: Service) -> None:
    address = details_address(client)
    client.post(address, typed(email="clara@"))
    page = client.get(address)
    assert (sent_fields(page)["email"], texts(page, ERRORS)) == ("clara@", [])


def test_what_was_typed_is_forgotten_once_it_is_booked(client: Client, massage: Service) -> None:
    address = details_address(client)
    client.post(address, typed(name=""))
    assert Hold.objects.get().typed == {"email": "clara@example.org", "reminders": "yes"}
    client.post(address, typed())
    client.post(address, typed(name=""))
    assert Hold.objects.get().typed == {}


def test_a_time_that_is_free_again_is_not_called_gone(
    client: Client, massage: Service, clock: time_machine.Traveller
) -> None:
    address = details_address(client, visitor="v" * 22)
    clock.shift(timedelta(minutes=15))
    hold(client, visitor="w" * 22)
    answer = client.post(address, typed())
    clock.shift(timedelta(minutes=12))
    page = client.get(answer["Location"])
    assert (find(page, "//div[@role='status']"), sent_fields(page)["name"]) == ([], "Clara Sommer")


@pytest.mark.parametrize("problem", ["unknown", "", "time"])
def test_an_edited_address_says_nothing_that_is_not_so(client: Client, massage: Service, problem: str) -> None:
    page = client.get(f"{details_address(client)}&problem={problem}")
    assert (page.status_code, find(page, "//div[@role='status']")) == (200, [])


@pytest.mark.parametrize("change", ["forged", "expired", "of another form"])
def test_a_token_that_counts_no_more_shows_the_form_again_filled(
    client: Client, massage: Service, clock: time_machine.Traveller, change: str
) -> None:
    address = details_address(client)
    sent = sent_fields(client.get(address)) | typed()
    if change == "forged":
        sent["token"] = sent["token"][:-1] + ("A" if sent["token"][-1] != "A" else "B")
    elif change == "expired":
        clock.shift(timedelta(hours=13))
    else:
        sent["token"] = sent_fields(client.get(details_address(client, start="2026-12-02T10:00:00+01:00")))["token"]
    page = client.post(address, sent, follow=True)
    assert (page.status_code, sent_fields(page)["name"], Booking.objects.count()) == (200, "Clara Sommer", 0)
    assert texts(page, "//div[@role='status']/p") == ["Please check what you typed, and send it again."]
    assert client.post(address, sent_fields(page)).status_code == 303


def test_a_filled_decoy_books_nothing(client: Client, massage: Service) -> None:
    page = client.post(details_address(client), typed(website="https://example.com"), follow=True)
    assert (page.status_code, sent_fields(page).get("website"), Booking.objects.count()) == (200, None, 0)


def test_too_many_bookings_from_one_address_are_refused(client: Client, massage: Service, settings: Settings) -> None:
    settings.BOOKING_RATE = 1
    booked(client)
    page = client.post(details_address(client, start="2026-12-02T10:00:00+01:00"), typed(), follow=True)
    assert texts(page, "//div[@role='status']/p") == ["This could not be booked online just now. Please call us."]


def test_typing_keeps_the_time_longer(client: Client, massage: Service, clock: time_machine.Traveller) -> None:
    address = details_address(client)
    clock.shift(timedelta(minutes=9))
    assert client.post(address.partition("?")[0] + "extend/").status_code == 204
    clock.shift(timedelta(minutes=9))
    assert Hold.objects.active(Hold.objects.get().extended_at + timedelta(minutes=9)).count() == 1


def test_leaving_the_page_gives_the_time_back(client: Client, massage: Service) -> None:
    [form] = find(client.get(details_address(client)), "//form[@data-release]")
    assert (client.post(form.get("data-release")).status_code, Claim.objects.count()) == (204, 0)
    assert client.get(form.get("data-release")).status_code == 405


@pytest.mark.parametrize("way", ["loads the page again", "comes back to the page"])
def test_whoever_comes_back_keeps_the_time_again(client: Client, massage: Service, way: str) -> None:
    address = details_address(client, visitor="v" * 22)
    [form] = find(client.get(address), "//form[@data-release]")
    client.post(form.get("data-release"))
    if way == "loads the page again":
        assert "We keep this time for you" in client.get(address).content.decode()
    else:
        assert client.post(form.get("data-extend")).status_code == 204
    kept = Hold.objects.get()
    assert (kept.claim, kept.visitor, kept.claim and kept.claim.kind) == (Claim.objects.get(), "v" * 22, "hold")


def test_a_time_that_somebody_else_keeps_meanwhile_is_not_taken_again(client: Client, massage: Service) -> None:
    address = details_address(client, visitor="v" * 22)
    [form] = find(client.get(address), "//form[@data-release]")
    client.post(form.get("data-release"))
    hold(client, visitor="w" * 22)
    page = client.get(address)
    assert ("We keep this time for you" in page.content.decode(), Claim.objects.get().hold.visitor) == (False, "w" * 22)


def test_who_left_open_with_whom_is_booked_with_somebody_else_if_the_time_went(
    client: Client, massage: Service, anna: User
) -> None:
    ben = UserFactory.create(username="ben", first_name="Ben")
    office_hours(ben)
    massage.staff.add(ben)
    address = details_address(client)
    held = Hold.objects.get()
    others = {anna: ben, ben: anna}
    held.claim.delete()  # type: ignore[union-attr]
    BookingFactory.create(staff=held.staff, start=held.start)
    page = client.get(client.post(address, typed())["Location"])
    booking = Booking.objects.get(service=massage)
    assert (booking.staff, booking.why_staff["rule"]) == (others[held.staff], "only")
    assert (booking.staff.first_name in page.content.decode(), held.staff.first_name in page.content.decode()) == (
        True,
        False,
    )


def test_who_chose_a_person_is_not_booked_with_somebody_else(client: Client, massage: Service, anna: User) -> None:
    ben = UserFactory.create(username="ben", first_name="Ben")
    office_hours(ben)
    massage.staff.add(ben)
    address = details_address(client, staff=ben.slug)
    Claim.objects.all().delete()
    BookingFactory.create(staff=ben, start=Hold.objects.get().start)
    page = client.get(client.post(address, typed())["Location"])
    assert ("That time has gone." in page.content.decode(), Booking.objects.filter(service=massage).count()) == (
        True,
        0,
    )


def test_what_is_booked_is_not_given_back(client: Client, massage: Service) -> None:
    address = details_address(client)
    [form] = find(client.get(address), "//form[@data-release]")
    client.post(address, typed())
    assert (client.post(form.get("data-release")).status_code, Claim.objects.get().kind) == (204, "booking")


@pytest.mark.parametrize("path", ["details/unknown/", "details/unknown/extend/", "details/unknown/release/"])
def test_an_unknown_form_is_not_found(client: Client, massage: Service, path: str) -> None:
    assert client.post(f"/book/massage/{path}").status_code == 404


def test_a_form_is_found_below_its_own_service_only(client: Client, massage: Service) -> None:
    other = Service.objects.create(slug="other", name="Other", minutes=30, visibility="public")
    other.staff.set(massage.staff.all())
    assert client.get(details_address(client).replace("massage", "other")).status_code == 404

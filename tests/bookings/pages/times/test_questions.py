"""What the client answers on the phone: asked on the page for a new booking, kept when a booking is made again."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from bookings.models import Booking, Seat, Service
from practice.models import User
from tests.factories import NOW, START, BookingFactory, ClientFactory, QuestionFactory, ServiceFactory, UserFactory
from tests.pages import find, texts

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
URL = "/bookings/new/"
TEN = "2026-12-01T10:00:00+01:00"
ASKED = ["Since when?", "Which side?", "What helps?", "First visit?", "Which illness?"]


@pytest.fixture
def massage(anna: User, at_work: None) -> Service:
    """A question of each kind, one of them private; the second service has none."""
    massage: Service = ServiceFactory.create(name="Massage", other_minutes=[90], position=1, staff=[anna])
    ServiceFactory.create(name="Talk", position=2, staff=[anna])
    for position, (key, kind, words, options) in enumerate(
        (
            ("since", "text", "Since when?", ""),
            ("side", "choice", "Which side?", "left\nright"),
            ("tried", "several", "What helps?", "rest\nwarmth\ncold"),
            ("first", "yes_no", "First visit?", ""),
        )
    ):
        values = {"key": key, "kind": kind, "words": words, "options": options, "required": True}
        QuestionFactory.create(service=massage, position=position, **values)
    QuestionFactory.create(service=massage, key="illness", words="Which illness?", private=True, position=9)
    return massage


@pytest.fixture
def front_desk(client: Client) -> Client:
    client.force_login(UserFactory.create(username="flora", role=User.Role.FRONT_DESK))
    return client


def asked(page: Any) -> list[str]:
    words = texts(page, "//div[@id='questions']//div[@class='field']/label | //div[@id='questions']//legend")
    return [one.removesuffix(" optional") for one in words]


def sent(service: Service, **more: Any) -> dict[str, Any]:
    return {"service": service.choice, "date": "2026-12-01", "opening": TEN, "name": "Clara"} | more


def test_the_questions_of_the_service_are_asked(anna_client: Client, massage: Service) -> None:
    assert asked(anna_client.get(URL, {"service": massage.choice})) == ASKED
    talk = Service.objects.get(name="Talk")
    assert asked(anna_client.get(URL, {"service": talk.pk})) == []


def test_what_was_answered_is_kept_with_the_words_that_were_asked(anna_client: Client, massage: Service) -> None:
    answers = {"q_since": "May", "q_side": "left", "q_tried": ["rest", "cold"], "q_first": "no", "q_illness": "Flu"}
    anna_client.post(URL, sent(massage, **answers))
    seat = Seat.objects.get()
    assert seat.answers == {
        "since": "May",
        "side": "left",
        "tried": ["rest", "cold"],
        "first": False,
        "illness": "Flu",
    }
    assert list(seat.asked.values()) == ASKED


def test_staff_need_not_answer_what_clients_must(anna_client: Client, massage: Service) -> None:
    response = anna_client.post(URL, sent(massage))
    assert (response.status_code, Seat.objects.get().answers) == (302, {})


def test_an_answer_that_is_none_is_refused_and_the_rest_stays(anna_client: Client, massage: Service) -> None:
    page = anna_client.post(URL, sent(massage, q_side="up", q_since="May", q_tried=["rest", "cold"]))
    assert (Booking.objects.count(), texts(page, "//ul[@id='id_q_side_error']/li")) == (
        0,
        ["Choose one of: left, right."],
    )
    assert [one.text.strip() for one in find(page, "//textarea[@name='q_since']")] == ["May"]
    assert find(page, "//input[@name='q_tried'][@checked]/@value") == ["rest", "cold"]


def test_a_refused_time_loses_no_answer(anna_client: Client, anna: User, massage: Service) -> None:
    BookingFactory.create(staff=anna, start=START)
    page = anna_client.post(URL, sent(massage, q_tried=["rest", "cold"], q_side="left"))
    assert find(page, "//div[@id='refusal']//button/@value") == ["on"]
    assert find(page, "//input[@name='q_tried' or @name='q_side'][@checked]/@value") == ["left", "rest", "cold"]


def test_the_front_desk_is_shown_no_private_question(front_desk: Client, anna: User, massage: Service) -> None:
    page = front_desk.get(URL, {"staff": anna.pk, "service": massage.choice})
    assert asked(page) == ASKED[:-1]
    front_desk.post(URL, sent(massage, staff=anna.pk, q_since="May", q_illness="Flu"))
    assert Seat.objects.get().answers == {"since": "May"}


@pytest.mark.parametrize(("former", "swapped"), [("talk", 1), ("massage", 0)])
def test_only_another_service_brings_other_questions(
    anna_client: Client, massage: Service, former: str, swapped: int
) -> None:
    talk = Service.objects.get(name="Talk")
    query = {"service": massage.choice, "date": "2026-12-01"}
    query["questions_of"] = str({"talk": talk, "massage": massage}[former].pk)
    part = anna_client.get(URL, query, headers={"HX-Request": "true", "HX-Target": "times"})
    assert len(find(part, "//div[@id='questions'][@hx-swap-oob='true']")) == swapped


@pytest.fixture
def former(anna: User, massage: Service) -> Booking:
    """An hour and a half, for which Clara has answered three questions."""
    clara = ClientFactory.create(name="Clara Winter", email="clara@example.org")
    booking: Booking = BookingFactory.create(staff=anna, service=massage.lasting(90), client=clara)
    booking.seats.update(answers={"since": "May", "tried": ["rest", "cold"], "illness": "Flu"})
    return booking


def again(client: Client, booking: Booking) -> Any:
    [address] = find(client.get(booking.get_absolute_url()), "//a[@id='again']/@href")
    return client.get(address)


def test_book_again_keeps_person_service_length_client_and_answers(anna_client: Client, former: Booking) -> None:
    page = again(anna_client, former)
    assert texts(page, "//select[@name='service']/option[@selected]") == ["Massage, 90 min"]
    assert find(page, "//input[@name='name']/@value | //input[@name='email']/@value") == [
        "Clara Winter",
        "clara@example.org",
    ]
    assert [one.text.strip() for one in find(page, "//textarea[@name='q_since']")] == ["May"]
    assert find(page, "//input[@name='q_tried'][@checked]/@value") == ["rest", "cold"]


def test_book_again_fills_in_nothing_private(anna_client: Client, former: Booking) -> None:
    assert [one.text.strip() for one in find(again(anna_client, former), "//textarea[@name='q_illness']")] == [""]


def test_the_front_desk_books_again_without_reading_answers(front_desk: Client, former: Booking) -> None:
    page = again(front_desk, former)
    assert find(page, "//input[@name='name']/@value") == ["Clara Winter"]
    assert [one.text.strip() for one in find(page, "//textarea[@name='q_since']")] == [""]


def test_a_service_that_can_no_longer_be_booked_gives_way_to_the_first(anna_client: Client, former: Booking) -> None:
    Service.objects.filter(name="Massage").update(visibility="off")
    page = again(anna_client, former)
    assert texts(page, "//select[@name='service']/option[@selected]") == ["Talk"]


def test_answers_for_another_service_are_left_behind(anna_client: Client, former: Booking) -> None:
    talk = Service.objects.get(name="Talk")
    QuestionFactory.create(service=talk, key="since", words="Since when?")
    page = anna_client.get(URL, {"service": talk.pk, "again": former.pk})
    assert [one.text.strip() for one in find(page, "//textarea[@name='q_since']")] == [""]

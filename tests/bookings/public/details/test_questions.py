"""The questions of a service in the form: what is asked, refused, kept and booked, and who reads the answers."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from bookings.models import Booking, Hold, Question, Seat, Service
from bookings.notifications.mails import delivery
from practice.models import User
from tests.bookings.public.steps import details_address, hold, sent_fields, typed
from tests.factories import NOW, QuestionFactory, UserFactory
from tests.pages import find, links, texts

pytestmark = pytest.mark.django_db
ERRORS = "//div[contains(@class, 'notice--bad')]//li"
SIDES = "left\nright\nboth"


@pytest.fixture
def questions(massage: Service) -> list[Question]:
    """One of each kind, in this order."""
    asked = [
        ("since", "text", "Since when?", False),
        ("side", "choice", "Which side?", True),
        ("tried", "several", "What have you tried?", False),
        ("first", "yes_no", "Is it your first visit?", True),
    ]
    return [
        QuestionFactory.create(
            service=massage, key=key, kind=kind, words=words, required=required, options=SIDES, position=position
        )
        for position, (key, kind, words, required) in enumerate(asked)
    ]


ANSWERS: dict[str, Any] = {"q_since": "May\nor June", "q_side": "left", "q_tried": ["left", "both"], "q_first": "no"}


def test_questions_are_asked_in_their_order_and_say_which_are_optional(
    client: Client, questions: list[Question]
) -> None:
    page = client.get(details_address(client))
    assert texts(page, "//form[@id='form']//*[self::label[@for] or self::legend]")[3:7] == [
        "Since when? optional",
        "Which side?",
        "What have you tried? optional",
        "Is it your first visit?",
    ]
    boxes = find(page, "//input[starts-with(@name, 'q_')]")
    assert [(one.get("type"), one.get("name"), one.get("value")) for one in boxes] == [
        *(("radio", "q_side", value) for value in ("left", "right", "both")),
        *(("checkbox", "q_tried", value) for value in ("left", "right", "both")),
        *(("radio", "q_first", value) for value in ("yes", "no")),
    ]
    assert find(page, "//input[@checked]") == []


def test_answers_are_kept_with_the_words_that_were_asked(client: Client, questions: list[Question]) -> None:
    client.post(details_address(client), typed() | ANSWERS)
    seat = Seat.objects.get()
    assert seat.answers == {"since": "May\nor June", "side": "left", "tried": ["left", "both"], "first": False}
    Question.objects.filter(key="side").update(words="Where?")
    Question.objects.filter(key="first").delete()
    assert Seat.objects.get().answered == [
        ("Since when?", "May\nor June"),
        ("Which side?", "left"),
        ("What have you tried?", "left, both"),
        ("Is it your first visit?", "No"),
    ]


def test_an_optional_question_need_not_be_answered(client: Client, questions: list[Question]) -> None:
    Question.objects.filter(kind="yes_no").update(required=False)
    address = details_address(client)
    page = client.get(address)
    assert texts(page, "//fieldset[@id='id_q_first']//label") == ["Yes", "No", "No answer"]
    client.post(address, typed(q_side="both", q_first=""))
    assert (Seat.objects.get().answers, Seat.objects.get().asked) == ({"side": "both"}, {"side": "Which side?"})


def test_what_must_be_answered_is_said_at_the_top_and_at_its_field(client: Client, questions: list[Question]) -> None:
    Question.objects.update(required=True)
    page = client.post(details_address(client), typed(), follow=True)
    sentences = [
        ("Please answer “Since when?”", "#id_q_since"),
        ("Choose an answer to “Which side?”", "#id_q_side"),
        ("Choose at least one for “What have you tried?”", "#id_q_tried"),
        ("Choose an answer to “Is it your first visit?”", "#id_q_first"),
    ]
    assert links(page, f"{ERRORS}/a") == sentences
    assert [texts(page, f"//*[@id='{to[1:]}_error']") for _, to in sentences] == [[words] for words, _ in sentences]
    assert [len(find(page, f"//*[@id='{to[1:]}'][@aria-describedby]")) for _, to in sentences] == [1, 1, 1, 1]


def test_no_answer_is_lost_when_something_is_wrong(client: Client, questions: list[Question]) -> None:
    page = client.post(details_address(client), typed(email="clara@") | ANSWERS, follow=True)
    assert texts(page, ERRORS) == ["Enter an e-mail address like name@example.com."]
    boxes = find(page, "//input[starts-with(@name, 'q_')][@checked]")
    assert [(one.get("name"), one.get("value")) for one in boxes] == [
        ("q_side", "left"),
        ("q_tried", "left"),
        ("q_tried", "both"),
        ("q_first", "no"),
    ]
    assert sent_fields(page)["q_since"] == "May\nor June"


def test_answers_go_along_when_another_time_or_language_is_chosen(client: Client, questions: list[Question]) -> None:
    times = client.post("/book/massage/", typed() | ANSWERS | {"staff": "any", "zone": "Europe/Berlin"})
    carried = {one.get("name"): one.get("value") for one in find(times, "//input[@type='hidden']")}
    page = client.get(hold(client, **carried)["Location"])
    assert len(find(page, "//input[starts-with(@name, 'q_')][@checked]")) == 4
    address = Hold.objects.get()
    client.post(f"/book/massage/details/{address.public_id}/", typed() | ANSWERS)
    assert Seat.objects.get().answers["tried"] == ["left", "both"]


def test_what_is_no_answer_is_refused(client: Client, questions: list[Question]) -> None:
    page = client.post(
        details_address(client), typed() | ANSWERS | {"q_side": "above", "q_since": "x" * 1001}, follow=True
    )
    assert texts(page, ERRORS) == ["Write at most 1000 characters.", "Choose one of: left, right, both."]


def test_answers_to_nothing_that_was_asked_are_not_kept(client: Client, massage: Service) -> None:
    QuestionFactory.create(key="since", words="Of another service")
    client.post(details_address(client), typed(q_since="May"))
    assert Seat.objects.get().answers == {}


def test_a_hold_keeps_no_more_fields_than_a_service_has_questions(client: Client, massage: Service) -> None:
    client.post(details_address(client), {f"q_{number}": "x" for number in range(50)} | {"q_%": "x", "q_": "x"})
    assert sorted(Hold.objects.get().typed) == sorted(f"q_{number}" for number in range(20))


def test_nothing_that_was_answered_or_typed_stands_in_the_database_in_clear(
    client: Client, questions: list[Question]
) -> None:
    client.post(details_address(client), typed(email="clara@") | ANSWERS | {"q_since": "Maybe-May"})
    client.post(
        details_address(client, start="2026-12-02T10:00:00+01:00"), typed() | ANSWERS | {"q_since": "Maybe-May"}
    )
    assert [hold.typed.get("q_since") for hold in Hold.objects.order_by("pk")] == ["Maybe-May", None]
    assert [_has_in_clear(table, "Maybe-May") for table in ("bookings_hold", "bookings_seat")] == [False, False]
    assert _has_in_clear("bookings_seat", Seat.objects.get().uid) is True


def _has_in_clear(table: str, word: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        values = [value for row in cursor.fetchall() for value in row]
    raw = [bytes(one) if isinstance(one, (bytes, memoryview)) else str(one).encode() for one in values]
    return any(word.encode() in one for one in raw)


def test_only_owners_and_the_staff_member_read_answers(client: Client, questions: list[Question], anna: User) -> None:
    client.post(details_address(client), typed() | ANSWERS)
    address = f"/bookings/{Booking.objects.get().pk}/"
    readers = [anna, UserFactory.create(role="owner"), UserFactory.create(role="front_desk")]
    read = []
    for reader in readers:
        client.force_login(reader)
        page = client.get(address)
        read.append((page.status_code, texts(page, "//dt[starts-with(., 'Which') or starts-with(., 'What have')]")))
    assert read == [
        (200, ["Which side?", "What have you tried?"]),
        (200, ["Which side?", "What have you tried?"]),
        (200, []),
    ]


def test_no_mail_has_an_answer(client: Client, questions: list[Question], anna: User) -> None:
    User.objects.update(email="anna@example.org")
    client.post(details_address(client), typed() | ANSWERS | {"q_since": "Maybe-May"})
    delivery.send_due(NOW)
    assert [one.to for one in mail.outbox] == [["clara@example.org"]]
    assert [one for one in mail.outbox if "Maybe-May" in str(one.message())] == []

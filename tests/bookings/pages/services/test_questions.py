"""The questions of a service, as owners write, order and delete them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from bookings.models import Question, Service
from practice.models import User
from tests.factories import QuestionFactory, ServiceFactory, UserFactory
from tests.pages import find, links, texts

pytestmark = pytest.mark.django_db
URL = "/calendars/settings/services/massage/"
WHICH = {"words": "Which side?", "kind": "choice", "options": "left\r\nright", "required": "on"}


@pytest.fixture
def massage(anna: User) -> Service:
    """Anna's, who owns the practice alone."""
    return ServiceFactory.create(name="Massage", slug="massage", staff=[anna])


def errors(page: Any) -> list[str]:
    return texts(page, "//ul[@class='field__error']/li")


def test_a_question_is_written_and_listed_on_the_page_of_its_service(anna_client: Client, massage: Service) -> None:
    page = anna_client.post(f"{URL}questions/new/", WHICH, follow=True)
    question = Question.objects.get()
    assert page.redirect_chain == [(f"{URL}#questions", 302)]
    assert links(page, "//section[@id='questions']//li//a") == [("Which side?", f"{URL}questions/{question.pk}/")]
    assert texts(page, "//section[@id='questions']//li//span[@class='hint']") == [
        "One of several options · must be answered"
    ]
    assert (question.key, question.choices, question.required, question.private) == (
        "which-side",
        ["left", "right"],
        True,
        False,
    )


def test_a_changed_question_keeps_the_key_that_links_use(anna_client: Client, massage: Service) -> None:
    anna_client.post(f"{URL}questions/new/", WHICH)
    address = f"{URL}questions/{Question.objects.get().pk}/"
    page = anna_client.get(address)
    assert texts(page, "//p[@class='hint']")[-1] == "In links it is called q_which-side."
    anna_client.post(address, {"words": "Where?", "kind": "text", "options": "left", "private": "on"})
    question = Question.objects.get()
    assert (question.key, question.words, question.kind, question.options) == ("which-side", "Where?", "text", "")
    assert (question.required, question.private) == (False, True)


@pytest.mark.parametrize(
    ("sent", "sentences"),
    [
        ({"kind": "text"}, ["Enter a question."]),
        (WHICH | {"options": "left"}, ["Enter at least two options, one a line."]),
        (WHICH | {"options": "left\n" * 700}, ["Ensure this value has at most 2000 characters (it has 3499)."]),
    ],
)
def test_what_is_missing_is_said_at_its_field(
    anna_client: Client, massage: Service, sent: dict[str, str], sentences: list[str]
) -> None:
    page = anna_client.post(f"{URL}questions/new/", sent)
    assert (errors(page), Question.objects.count()) == (sentences, 0)


def test_a_service_has_no_endless_list_of_questions(anna_client: Client, massage: Service) -> None:
    for number in range(20):
        QuestionFactory.create(service=massage, key=f"question-{number}")
    page = anna_client.post(f"{URL}questions/new/", WHICH)
    assert b"A service has at most 20 questions." in page.content
    assert Question.objects.count() == 20


def test_questions_are_moved_with_buttons(anna_client: Client, massage: Service) -> None:
    first, _second, third = (QuestionFactory.create(service=massage, key=key, words=key) for key in "abc")
    anna_client.post(f"{URL}questions/{third.pk}/move/", {"direction": "up"})
    page = anna_client.post(f"{URL}questions/{first.pk}/move/", {"direction": "down"}, follow=True)
    assert texts(page, "//section[@id='questions']//li//a") == ["c", "a", "b"]
    assert texts(page, f"//button[contains(@id, '-{third.pk}')]") == ["Down: c", "Delete: c"]


def test_a_deleted_question_is_asked_no_more(anna_client: Client, massage: Service) -> None:
    question = QuestionFactory.create(service=massage)
    page = anna_client.post(f"{URL}questions/{question.pk}/delete/", follow=True)
    assert texts(page, "//*[@id='messages']/div") == ["“Since when?” deleted. What was answered stays."]
    assert (Question.objects.count(), find(page, "//section[@id='questions']//li")) == (0, [])


def test_a_question_of_another_service_is_not_found(anna_client: Client, massage: Service) -> None:
    other = QuestionFactory.create()
    addresses = [f"{URL}questions/{other.pk}/{act}" for act in ("", "move/", "delete/")]
    assert [anna_client.post(one).status_code for one in addresses] == [404, 404, 404]


def test_staff_of_a_practice_with_an_owner_write_no_questions(anna_client: Client, massage: Service) -> None:
    User.objects.filter(username="anna").update(role="staff")
    UserFactory.create(role="owner")
    assert anna_client.post(f"{URL}questions/new/", WHICH).status_code == 403

"""What clients are asked, and what counts as an answer."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from bookings.models import Question, Seat
from bookings.models.questions import Answer
from tests.factories import QuestionFactory, ServiceFactory

pytestmark = pytest.mark.django_db
SIDES = "left\nright\nboth"


@pytest.mark.parametrize(
    ("kind", "given", "answer"),
    [
        ("text", ["  since May  "], "since May"),
        ("text", ["May\r\nor June"], "May\nor June"),
        ("text", ["   "], None),
        ("yes_no", ["yes"], True),
        ("yes_no", ["no"], False),
        ("yes_no", [""], None),
        ("choice", ["right"], "right"),
        ("choice", [], None),
        ("several", ["both", "left", "left"], ["left", "both"]),
        ("several", [""], None),
    ],
)
def test_an_answer_is_read_as_its_question_wants_it(kind: str, given: list[str], answer: Answer | None) -> None:
    assert QuestionFactory.build(kind=kind, options=SIDES).read(given) == answer


@pytest.mark.parametrize(
    ("kind", "given", "sentence"),
    [
        ("text", ["x" * 1001], "Write at most 1000 characters."),
        ("yes_no", ["perhaps"], "Choose one of: yes, no."),
        ("choice", ["above"], "Choose one of: left, right, both."),
        ("choice", ["left", "right"], "Choose one of: left, right, both."),
        ("several", ["left", "above"], "Choose one of: left, right, both."),
    ],
)
def test_what_is_no_answer_is_refused_with_what_would_be_one(kind: str, given: list[str], sentence: str) -> None:
    with pytest.raises(ValidationError) as refused:
        QuestionFactory.build(kind=kind, options=SIDES).read(given)
    assert refused.value.messages == [sentence]


def test_options_are_kept_once_and_only_where_clients_choose() -> None:
    chosen, written = (
        QuestionFactory.build(kind=kind, options=" left \n\nleft\nthe  other") for kind in ("choice", "text")
    )
    chosen.clean()
    written.clean()
    assert (chosen.options, written.options) == ("left\nthe other", "")


def test_a_new_question_comes_last_with_a_key_of_its_own() -> None:
    service = ServiceFactory.create()
    for words in ("Which side?", "Which side", "???", "Ja?"):
        Question(service=service, words=words).append()
    assert [(one.key, one.words) for one in service.questions.all()] == [
        ("which-side", "Which side?"),
        ("which-side-2", "Which side"),
        ("question", "???"),
        ("ja", "Ja?"),
    ]


@pytest.mark.parametrize(
    ("moved", "steps", "order"),
    [("b", -1, "bac"), ("b", 1, "acb"), ("a", -1, "abc"), ("c", 1, "abc"), ("a", 2, "bca")],
)
def test_a_question_moves_among_those_of_its_service(moved: str, steps: int, order: str) -> None:
    service = ServiceFactory.create()
    QuestionFactory.create(key="other")
    for key in "abc":
        QuestionFactory.create(service=service, key=key)
    service.questions.get(key=moved).move(steps)
    assert "".join(service.questions.values_list("key", flat=True)) == order


def test_answers_are_shown_with_the_words_that_were_asked() -> None:
    asked = {"side": "Which side?", "new": "Is it your first visit?"}
    seat = Seat(answers={"side": ["left", "both"], "new": False, "knee": "left"}, asked=asked)
    with translation.override("de"):
        assert seat.answered == [("Which side?", "left, both"), ("Is it your first visit?", "Nein"), ("knee", "left")]

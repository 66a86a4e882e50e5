"""Contrast as WCAG 2.2 defines it."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from practice.models.practice import validate_colour
from practice.profile.colours import contrast, is_colour, readable


@pytest.mark.parametrize(
    ("colour", "ratio"), [("#000000", 21.0), ("#ffffff", 1.0), ("#767676", 4.54), ("#777777", 4.48), ("#ff0000", 4.0)]
)
def test_contrast_is_that_of_wcag(colour: str, ratio: float) -> None:
    assert round(contrast(colour), 2) == ratio


@pytest.mark.parametrize("colour", ["#ffcc00", "#FFFFFF", "#777777", "#00ff00"])
def test_a_pale_colour_is_darkened_until_it_can_be_read(colour: str) -> None:
    assert (contrast(colour) < 4.5, contrast(readable(colour)) >= 4.5) == (True, True)


def test_a_dark_colour_stays() -> None:
    assert readable("#27489b") == "#27489b"


@pytest.mark.parametrize(
    ("text", "answer"), [("#27489b", True), ("27489b", False), ("#27489b\n", False), ("red", False)]
)
def test_what_a_colour_is(text: str, answer: bool) -> None:
    assert is_colour(text) is answer


def test_the_refusal_says_what_to_do() -> None:
    with pytest.raises(ValidationError) as refused:
        validate_colour("#ffcc00")
    assert refused.value.messages == [
        "White text on #ffcc00 cannot be read well: the contrast is 1.5, and 4.5 is needed. "
        "Take a darker colour, such as #8e7200."
    ]

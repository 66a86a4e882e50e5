"""Phone numbers as people write them."""

from __future__ import annotations

import pytest

from bookings.contacts.phones import display_phone, parse_phone, searched_digits


@pytest.mark.parametrize(
    "text",
    [
        "030 1234567",
        "030/123 45-67",
        "(030) 1234567",
        "+49 (0)30 1234567",
        "0049 30 1234567",
        "０３０ 1234567",
        "\u200b030\u20111234567",
        "tel:+49301234567",
        "TEL:+49-30-1234567",
        "Tel.: 030 1234567",
        "030\u20441234567",
        "030·123·45·67",
        "030 123'45'67",
    ],
)
def test_a_number_is_kept_in_e164_however_it_is_written(text: str) -> None:
    assert parse_phone(text, "DE") == "+49301234567"


def test_no_number_stays_none() -> None:
    assert (parse_phone("", "DE"), parse_phone(" \u200b", "")) == ("", "")


@pytest.mark.parametrize(
    "text", ["abc", "1", "030 1234567 x5", "030 1234567 Anna", "030 1234567 / 0170 1234567", "+", "tel:"]
)
def test_what_cannot_be_read_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r"^Write the number as 030 1234567 or \+49 30 1234567\.$"):
        parse_phone(text, "DE")


@pytest.mark.parametrize(("text", "country"), [("555-1234", "US"), ("7946 0000", "GB"), ("12", "DE"), ("110", "DE")])
def test_a_number_without_its_area_code_is_refused_because_it_cannot_be_called_from_elsewhere(
    text: str, country: str
) -> None:
    with pytest.raises(ValueError, match=r"^Write the number as "):
        parse_phone(text, country)


def test_without_a_country_the_number_needs_its_code() -> None:
    assert parse_phone("+49 30 1234567", "") == "+49301234567"
    with pytest.raises(ValueError, match=r"^Write the number with its country code: \+49 30 1234567\.$"):
        parse_phone("030 1234567", "")


@pytest.mark.parametrize(
    ("phone", "country", "shown"),
    [
        ("+49301234567", "DE", "030 1234567"),
        ("+49301234567", "AT", "+49 30 1234567"),
        ("+49301234567", "", "+49 30 1234567"),
        ("+442055500178", "DE", "+44 20 5550 0178"),
        ("030 12", "DE", "030 12"),
        ("", "DE", ""),
    ],
)
def test_a_number_is_shown_as_the_practices_country_writes_it(phone: str, country: str, shown: str) -> None:
    assert display_phone(phone, country) == shown


@pytest.mark.parametrize(
    ("query", "digits"),
    [("030 123", "30123"), ("+49 30", "+4930"), ("+49 (0)30", "+4930"), ("Clara", ""), ("03", ""), ("", "")],
)
def test_a_number_is_looked_for_by_its_digits(query: str, digits: str) -> None:
    assert searched_digits(query) == digits

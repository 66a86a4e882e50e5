"""Keys under which the same name or address is found, however it is written."""

from __future__ import annotations

import pytest

from bookings.contacts.written import email_key, name_key, tidy_email, tidy_name


@pytest.mark.parametrize(
    "name",
    [
        "Jürgen O’Brien-Öz",
        "Ju\u0308rgen O'Brien-O\u0308z",
        "JÜRGEN  o'brien\u2011öz ",
        "Jür\u200bgen\u00a0O´Brien\u2010Öz\ufeff",
    ],
)
def test_a_name_has_one_key_however_it_is_written(name: str) -> None:
    assert name_key(name) == "jürgen o'brien-öz"


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("İpek", "ipek"),
        ("I\u0307pek", "ipek"),
        ("IŞIK", "ışık"),
        ("Anne\u00adMarie", "AnneMarie"),
        ("Anne-\u00adMarie", "Anne-Marie"),
    ],
)
def test_turkish_capitals_and_soft_hyphens_make_no_other_name(name: str, same: str) -> None:
    assert name_key(name) == name_key(same)


def test_names_of_other_letters_have_other_keys() -> None:
    assert len({name_key(name) for name in ("Jurgen", "Jürgen", "Juergen", "Jür Gen")}) == 4


@pytest.mark.parametrize(
    "email", ["max@maßanfertigung.example", "MAX@Maßanfertigung.example", "max@xn--maanfertigung-cdb.example\u200b"]
)
def test_an_address_has_one_key_however_its_domain_is_written(email: str) -> None:
    assert email_key(email) == "max@xn--maanfertigung-cdb.example"


@pytest.mark.parametrize("email", ["İpek@example.org", "ipek@example.org.", "IPEK@example\u3002org\u3002"])
def test_an_address_has_one_key_with_turkish_capitals_or_a_final_dot(email: str) -> None:
    assert email_key(email) == "ipek@example.org"


@pytest.mark.parametrize(("email", "key"), [("", ""), ("X@a_b.c", "x@a_b.c"), ("max@massanfertigung.example",) * 2])
def test_other_addresses_keep_their_own_keys(email: str, key: str) -> None:
    assert email_key(email) == key


def test_what_is_kept_is_composed_and_has_nothing_unseen() -> None:
    assert tidy_name(" \u200bO\u0308z \n نمی\u200cدانم\u202e ") == "Öz نمی\u200cدانم"
    assert tidy_email("\ufeffclara@example.org\u200b ") == "clara@example.org"

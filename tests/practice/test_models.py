"""Users are told apart by e-mail and public name; there is one practice."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from practice.models import Practice, User

pytestmark = pytest.mark.django_db


def sentences(user: User) -> dict[str, list[str]]:
    """What is wrong with a user, by field."""
    with pytest.raises(ValidationError) as refused:
        user.full_clean(exclude=["password"])
    return refused.value.message_dict


def test_an_email_address_belongs_to_one_user_however_it_is_written() -> None:
    User.objects.create_user("anna", "Anna@Example.com")
    again = User(username="ben", email="anna@example.COM")
    assert sentences(again) == {"__all__": ["There is already a user with this e-mail address."]}
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()


def test_any_number_of_users_have_no_email_address() -> None:
    for name in ("anna", "ben"):
        User.objects.create_user(name)
    User(username="cora").full_clean(exclude=["password"])
    assert list(User.objects.values_list("email", flat=True)) == ["", ""]


@pytest.mark.parametrize(
    ("given", "slug"),
    [
        ({"first_name": "Änne", "last_name": "Müller-Lüdenscheidt"}, "anne-muller-ludenscheidt"),
        ({"first_name": ""}, "anna"),
        ({"first_name": "安娜"}, "anna"),
        ({"first_name": "Hold"}, "hold-2"),
        ({"username": "+", "first_name": "+"}, "staff"),
        ({"first_name": "a" * 150}, "a" * 54),
    ],
)
def test_the_public_name_is_made_from_the_name(given: dict[str, str], slug: str) -> None:
    user = User.objects.create(**{"username": "anna", **given})
    assert user.slug == slug


def test_the_second_of_a_name_gets_a_number_and_both_keep_theirs() -> None:
    users = [User.objects.create(username=f"anna{n}", first_name="Anna", last_name="Winter") for n in range(3)]
    assert [user.slug for user in users] == ["anna-winter", "anna-winter-2", "anna-winter-3"]
    users[1].last_name = "Sommer"
    users[1].save()
    assert User.objects.get(pk=users[1].pk).slug == "anna-winter-2"


@pytest.mark.parametrize("slug", ["with", "find", "entry", "details", "hold"])
def test_a_word_of_public_addresses_is_no_public_name(slug: str) -> None:
    assert sentences(User(username="anna", slug=slug)) == {
        "slug": [f"“{slug}” has another meaning in addresses. Choose another word."]
    }


def test_a_public_name_belongs_to_one_user() -> None:
    User.objects.create(username="anna", slug="winter")
    assert sentences(User(username="ben", slug="winter")) == {
        "slug": ["Somebody else has this public name. Choose another."]
    }


def test_somebody_new_is_staff_who_follow_the_language_of_their_browser() -> None:
    anna = User.objects.create(username="anna")
    assert (anna.role, anna.language, anna.clock) == (User.Role.STAFF, "", User.Clock.LOCALE)


def test_a_practice_that_nobody_entered_has_defaults_and_no_row() -> None:
    practice = Practice.current()
    assert (practice.zone, practice.name, str(practice)) == (ZoneInfo("UTC"), "", "Practice")
    assert Practice.objects.count() == 0


def test_the_practice_is_what_was_entered() -> None:
    Practice.objects.create(name="Praxis am See", country="DE", time_zone="Europe/Berlin")
    assert (str(Practice.current()), Practice.current().zone) == ("Praxis am See", ZoneInfo("Europe/Berlin"))


def test_there_is_no_second_practice() -> None:
    Practice.objects.create(name="Praxis am See")
    with pytest.raises(IntegrityError), transaction.atomic():
        Practice.objects.create(name="Praxis am Meer")
    with pytest.raises(IntegrityError), transaction.atomic():
        Practice.objects.create(id=2, name="Praxis am Meer")


def test_what_makes_no_sense_in_a_practice_is_refused() -> None:
    with pytest.raises(ValidationError) as refused:
        Practice(country="de", time_zone="Berlin", language="xx", email="anna").full_clean()
    assert refused.value.message_dict == {
        "country": ["Enter the two letters of a country, such as DE."],
        "time_zone": ["“Berlin” is not a time zone. Give one like Europe/Berlin."],
        "language": ["Value 'xx' is not a valid choice."],
        "email": ["Enter a valid email address."],
    }

"""What people change about themselves."""

from __future__ import annotations

import pytest
from django.test import Client

from practice.models import FormerSlug, User
from tests.factories import PASSWORD, UserFactory
from tests.pages import texts

pytestmark = pytest.mark.django_db
NEW = "correct horse battery"


@pytest.fixture
def anna(client: Client) -> User:
    user: User = UserFactory(username="anna", first_name="Anna", last_name="Winter")
    client.force_login(user)
    return user


def rename(client: Client, slug: str) -> list[str]:
    """Save another public name; what is wrong with it."""
    data = {"first_name": "Anna", "last_name": "Winter", "slug": slug}
    return texts(client.post("/account/", data), "//*[@class='field__error']/li")


def test_a_new_public_name_keeps_old_links(client: Client, anna: User) -> None:
    for slug in ("anna-sommer", "anna-herbst"):
        client.post("/account/", {"first_name": "Anna", "last_name": "Winter", "slug": slug})
    assert User.at_slug("anna-herbst") == anna
    assert [User.at_slug(slug).slug for slug in ("anna-winter", "anna-sommer")] == ["anna-herbst", "anna-herbst"]
    with pytest.raises(User.DoesNotExist):
        User.at_slug("nobody")


def test_going_back_to_an_old_name_leaves_no_loop(client: Client, anna: User) -> None:
    for slug in ("anna-sommer", "anna-winter"):
        client.post("/account/", {"first_name": "Anna", "last_name": "Winter", "slug": slug})
    assert list(FormerSlug.objects.values_list("slug", flat=True)) == ["anna-sommer"]


@pytest.mark.parametrize(
    ("slug", "sentence"),
    [
        ("hold", "“hold” has another meaning in addresses. Choose another word."),
        ("kim", "Somebody else has this public name. Choose another."),
        ("kim-before", "Old links with this public name lead to somebody else. Choose another."),
    ],
)
def test_names_that_would_mislead_are_refused(client: Client, anna: User, slug: str, sentence: str) -> None:
    kim = UserFactory(first_name="Kim", slug="kim-before")
    kim.slug = "kim"
    kim.save()
    assert rename(client, slug) == [sentence]
    assert User.objects.get(pk=anna.pk).slug == "anna-winter"


def test_nobody_is_given_a_name_that_somebody_had(client: Client, anna: User) -> None:
    client.post("/account/", {"first_name": "Anna", "last_name": "Winter", "slug": "a"})
    assert UserFactory(first_name="Anna", last_name="Winter").slug == "anna-winter-2"


def test_the_password_is_changed_by_who_knows_the_old_one(client: Client, anna: User) -> None:
    data = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert client.post("/accounts/password/change/", data).headers["Location"] == "/account/"
    anna.refresh_from_db()
    assert anna.check_password(NEW) is True
    assert client.get("/account/").status_code == 200


def test_guessing_the_old_password_is_slowed_down(client: Client, anna: User) -> None:
    data = {"old_password": "wrong", "new_password1": NEW, "new_password2": NEW}
    answers = [client.post("/accounts/password/change/", data).status_code for _ in range(7)]
    assert answers == [200] * 6 + [429]
    anna.refresh_from_db()
    assert anna.check_password(NEW) is False


def test_language_and_clock_are_chosen_and_count_at_once(client: Client, anna: User) -> None:
    data = {"first_name": "Anna", "last_name": "Winter", "slug": "", "language": "de", "clock": "12"}
    page = client.post("/account/", data, follow=True)
    assert (texts(page, "//h1"), texts(page, "//*[@id='messages']//p")) == (["Ihr Konto"], ["Gespeichert."])
    user = User.objects.get(pk=anna.pk)
    assert (user.language, user.clock) == ("de", "12")


def test_the_languages_to_choose_from_are_named_in_themselves(client: Client, anna: User) -> None:
    page = client.get("/account/")
    assert texts(page, "//select[@name='language']/option") == ["As your browser asks", "English", "Deutsch"]
    assert texts(page, "//select[@name='clock']/option") == [
        "As usual in the language",
        "12 hours, with AM and PM",
        "24 hours",
    ]

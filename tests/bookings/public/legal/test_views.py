"""Imprint, privacy notice and accessibility."""

from __future__ import annotations

import pytest
from django.test import Client

from practice.models import Practice
from tests.pages import texts

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "words"),
    [("/imprint/", "Imprint Anna Winter, Berlin"), ("/privacy/", "Privacy We keep your name.")],
)
def test_the_texts_of_the_practice_are_shown(
    client: Client, practice_of_clients: Practice, path: str, words: str
) -> None:
    assert texts(client.get(path), "//main") == [words]


@pytest.mark.parametrize("path", ["/imprint/", "/privacy/"])
def test_a_text_that_is_not_written_yet_is_not_found(client: Client, db: None, path: str) -> None:
    assert client.get(path).status_code == 404


def test_what_the_practice_writes_is_text_and_no_markup(client: Client, practice_of_clients: Practice) -> None:
    Practice.objects.update(imprint="<script>alert(1)</script>\n\nBerlin")
    page = client.get("/imprint/")
    assert texts(page, "//div[@class='text']/p") == ["<script>alert(1)</script>", "Berlin"]


def test_the_statement_on_accessibility_names_the_guidelines_and_who_helps(
    client: Client, practice_of_clients: Practice
) -> None:
    page = client.get("/accessibility/")
    assert texts(page, "//main/p")[2:] == ["030 1234567", "praxis@example.com"]
    assert "WCAG) 2.2, level AA" in texts(page, "//main/p")[0]

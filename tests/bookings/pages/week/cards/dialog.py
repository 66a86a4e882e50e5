"""Asking for cards as the scripts of the calendar do, and reading them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.test import Client

from tests.pages import texts

DIALOG = {"HX-Request": "true", "HX-Target": "card"}


def stamp(moment: datetime) -> str:
    """The moment as the scripts of the calendar write it."""
    return f"{moment:%Y-%m-%dT%H:%M:%S.000Z}"


def in_dialog(client: Client, url: str, **query: Any) -> Any:
    """What comes into the dialog."""
    return client.get(url, query, headers=DIALOG)


def title(page: HttpResponse) -> list[str]:
    return texts(page, "//h2")


def buttons(page: HttpResponse) -> list[str]:
    """What can be pressed in the card, without Close."""
    return texts(page, "//section//*[self::button or contains(@class, 'button')]")


def errors(page: HttpResponse) -> list[str]:
    return [one for one in texts(page, "//*[@class='field__error']") if one]

"""Reading pages in tests: the words that a person sees, and where links lead."""

from __future__ import annotations

from typing import Any

from lxml import html


def find(response: Any, xpath: str) -> list[Any]:
    """The elements of a page that the XPath finds."""
    return list(html.fromstring(response.content.decode()).xpath(xpath))


def words(element: Any) -> str:
    """The text of an element, with single blanks."""
    return " ".join(element.text_content().split())


def texts(response: Any, xpath: str) -> list[str]:
    """The words of every element that the XPath finds."""
    return [words(element) for element in find(response, xpath)]


def headings_and_buttons(response: Any) -> tuple[list[str], list[str]]:
    """The words of the headings and of what can be pressed on a page, each in its order; the frame is left out."""
    headings = texts(response, "//main//*[self::h1 or self::h2]")
    return headings, texts(response, "//main//*[self::button or contains(@class, 'button')]")


def links(response: Any, xpath: str) -> list[tuple[str, str]]:
    """(words, address) of every link that the XPath finds."""
    return [(words(element), element.get("href")) for element in find(response, xpath)]


def table(response: Any, section: str) -> list[list[str]]:
    """The rows of the table in the section with this heading, cell by cell."""
    rows = find(response, f"//section[@aria-labelledby='{section}']//tbody/tr")
    return [[words(cell) for cell in row] for row in rows]


def fields(response: Any, button: str) -> dict[str, list[str]]:
    """What a browser sends when the button of these words is pressed: the hidden fields of its form, and the button."""
    [pressed] = [one for one in find(response, "//form//button[@name]") if words(one) == button]
    form = next(pressed.iterancestors("form"))
    sent: dict[str, list[str]] = {pressed.get("name"): [pressed.get("value")]}
    for hidden in form.xpath(".//input[@type='hidden'][@name!='csrfmiddlewaretoken']"):
        sent.setdefault(hidden.get("name"), []).append(hidden.get("value"))
    return sent

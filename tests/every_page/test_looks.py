"""What every page needs to look right, seen in its HTML: style sheets for its classes, one full stop a sentence."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from django.conf import settings as project
from django.test import Client
from lxml import html
from pytest_django import Settings

from practice.models import User
from sandbox.server.server import Sandbox
from tests.every_page.pages import AREAS, Page, pages_of
from tests.every_page.scene import MORNING, set_scene

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(MORNING, tick=True)]

_SHEETS: Final = sorted(path.name for path in Path(project.BASE_DIR, "static").glob("*.css") if path.stem != "demo")
_CLASS = re.compile(r"\.([a-z][\w-]*)")
_TWO_STOPS = re.compile(r"[^.\n]*\w\.\.(?!\.)")
_BRACES = re.compile(r"\{[^{}]*\}")


@pytest.fixture(params=AREAS)
def pages(request: pytest.FixtureRequest, icloud: Sandbox, settings: Settings) -> list[Page]:
    """All pages of one area."""
    return pages_of(set_scene(icloud, settings), request.param)


def test_every_page_loads_the_style_sheets_that_its_classes_need(pages: list[Page]) -> None:
    missing = {}
    for page in pages:
        tree = _tree(page)
        used = {name for each in tree.xpath("//@class") for name in each.split()}
        links = [link.rpartition("/static/")[2] for link in tree.xpath("//link[@rel='stylesheet']/@href")]
        styled = set().union(*(_classes(link) for link in links if link in _SHEETS))
        if without := {name: _sheets_with(name) for name in sorted(used - styled) if _sheets_with(name)}:
            missing[page.name] = without
    assert missing == {}


def test_no_sentence_ends_with_two_full_stops(pages: list[Page]) -> None:
    found = {}
    for language in ("en", "de"):
        User.objects.update(language=language)
        for page in pages:
            if words := _TWO_STOPS.findall(_tree(page, language).text_content()):
                found[page.name, language] = words
    assert found == {}


def _tree(page: Page, language: str = "en") -> html.HtmlElement:
    reader = Client(headers={"Accept-Language": language})
    reader.cookies["sessionid"] = page.session
    return html.fromstring(reader.get(page.path).content)


@cache
def _classes(sheet: str) -> frozenset[str]:
    """The classes for which a style sheet has rules."""
    rules = Path(project.BASE_DIR, "static", sheet).read_text(encoding="utf-8")
    without_comments = re.sub(r"/\*.*?\*/", "", rules, flags=re.DOTALL)
    return frozenset(_CLASS.findall(_BRACES.sub(" ", without_comments)))


def _sheets_with(name: str) -> list[str]:
    return [sheet for sheet in _SHEETS if name in _classes(sheet)]

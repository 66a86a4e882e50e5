"""The browser of the soak test."""

from __future__ import annotations

import pytest

from soak.deployment import free_port
from soak.web import Browser, NoAnswer, Page


def test_a_page_tells_what_its_fields_offer() -> None:
    page = Page(
        200, "/", '<input name="opening" value="1"><input name="opening"\n value="2"><input name="date" value="3">'
    )
    assert page.values("opening") == ["1", "2"]


def test_where_nobody_listens_there_is_no_answer() -> None:
    with pytest.raises(NoAnswer):
        Browser(f"http://127.0.0.1:{free_port()}").get("/")

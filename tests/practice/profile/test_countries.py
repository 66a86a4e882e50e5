"""Countries are named and sorted in the language of whoever chooses one."""

from __future__ import annotations

import pytest
from django.utils import translation

from practice.profile.countries import country_choices


@pytest.mark.parametrize(
    ("language", "name"),
    [("en", "Austria"), ("en-us", "Austria"), ("de", "Österreich"), ("de-us", "Österreich")],
)
def test_a_country_has_the_name_of_the_language(language: str, name: str) -> None:
    with translation.override(language):
        assert dict(country_choices())["AT"] == name


def test_letters_with_marks_are_sorted_with_the_others() -> None:
    with translation.override("de"):
        names = [name for _code, name in country_choices()]
    assert names[names.index("Österreich") - 1 : names.index("Österreich") + 2] == ["Oman", "Österreich", "Pakistan"]


def test_every_country_has_a_name_in_each_language() -> None:
    codes = []
    for language in ("en", "de"):
        with translation.override(language):
            codes.append(sorted(code for code, name in country_choices() if name))
    assert (len(codes[0]), codes[0] == codes[1]) == (249, True)

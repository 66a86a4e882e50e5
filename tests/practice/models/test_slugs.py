"""Words of public addresses."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from practice.models.slugs import RESERVED_SLUGS, refuse_reserved_slug, slug_base, unused_slug


@pytest.mark.parametrize("slug", ["with", "find", "entry", "details", "hold"])
def test_words_that_public_addresses_use_are_refused(slug: str) -> None:
    with pytest.raises(ValidationError) as refused:
        refuse_reserved_slug(slug)
    assert refused.value.messages == [f"“{slug}” has another meaning in addresses. Choose another word."]
    assert unused_slug(slug, set()) == f"{slug}-2"


def test_other_words_are_accepted() -> None:
    refuse_reserved_slug("massage")
    assert unused_slug("massage", RESERVED_SLUGS) == "massage"


def test_a_taken_slug_gets_the_first_free_number() -> None:
    assert unused_slug("anna", {"anna", "anna-2", "anna-4"}) == "anna-3"


@pytest.mark.parametrize(
    ("names", "base"),
    [(("Änne W.", "x"), "anne-w"), (("安娜", "kim"), "kim"), (("", "+"), ""), (("a" * 60,), "a" * 14)],
)
def test_the_first_name_with_a_slug_counts(names: tuple[str, ...], base: str) -> None:
    assert slug_base(*names, max_length=20) == base

"""Words of public addresses: for people below /book/with/, for services below /book/."""

from __future__ import annotations

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

RESERVED_SLUGS = frozenset({"with", "find", "entry", "details", "hold"})
"""Public addresses use these words themselves."""


def refuse_reserved_slug(slug: str) -> None:
    """Raise ValidationError if public addresses use the slug for something else."""
    if slug in RESERVED_SLUGS:
        raise ValidationError(
            _("“%(slug)s” has another meaning in addresses. Choose another word."), params={"slug": slug}
        )


def slug_base(*names: str, max_length: int) -> str:
    """The slug of the first name that has one, short enough for a number behind it; empty if none has one."""
    found = next(filter(None, map(slugify, names)), "")
    return found[: max_length - 6].strip("-_")


def unused_slug(base: str, taken: Collection[str]) -> str:
    """`base`, with a number behind it where it is taken or reserved."""
    slug, number = base, 1
    while slug in taken or slug in RESERVED_SLUGS:
        number += 1
        slug = f"{base}-{number}"
    return slug

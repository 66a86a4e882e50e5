"""Searching for words as people type them: whatever the capitals, composed or decomposed, on both databases."""

from __future__ import annotations

import unicodedata
from functools import reduce
from operator import or_
from typing import Any

from django.db.backends.signals import connection_created
from django.db.models import CharField, Q, TextField, Transform
from django.dispatch import receiver


def fold(text: str) -> str:
    """The text as it is compared. NUL, which PostgreSQL cannot store, is left out."""
    return unicodedata.normalize("NFKC", text.replace("\0", "")).lower()


def contains(text: str, *fields: str) -> Q:
    """Rows with the text in one of the fields; all rows for an empty text."""
    asked = fold(text).strip()
    return reduce(or_, (Q(**{f"{field}__folded__contains": asked}) for field in fields)) if asked else Q()


@CharField.register_lookup
@TextField.register_lookup
class Folded(Transform):
    """`fold`, computed by the database. Neither lower-cases all letters by itself."""

    lookup_name = "folded"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="kalends_fold(%(expressions)s)", **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = 'lower(normalize(%(expressions)s, NFKC) COLLATE "und-x-icu")'
        return self.as_sql(compiler, connection, template=template, **context)


@receiver(connection_created)
def _add_function(connection: Any, **kwargs: Any) -> None:
    if connection.vendor == "sqlite":
        connection.connection.create_function("kalends_fold", 1, lambda text: text and fold(text), deterministic=True)

"""Every text and every byte that the database has, to look for a name."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Model
from django_q.models import OrmQ, Task

from practice.models.encrypted import encrypted_fields


def columns_with(*words: str) -> list[str]:
    """The columns, as `table.column`, in which one of the words stands, whatever its capitals."""
    sought = [word.casefold() for word in words]
    return sorted({place for place, text in _everything() if any(word in text.casefold() for word in sought)})


def _everything() -> Iterator[tuple[str, str]]:
    for table in connection.introspection.table_names():
        yield from _of_table(table)
    for model in apps.get_models():
        yield from _of_encrypted(model)
    for session in Session.objects.all():
        yield "django_session", str(session.get_decoded())
    for task in Task.objects.all():
        yield "django_q_task", str((task.args, task.kwargs, task.result))
    for queued in OrmQ.objects.all():
        yield "django_q_ormq", str(queued.task)


def _of_table(table: str) -> Iterator[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
        names = [column[0] for column in cursor.description]
        for row in cursor.fetchall():
            for name, value in zip(names, row, strict=True):
                yield f"{table}.{name}", _text(value)


def _text(value: object) -> str:
    if isinstance(value, (bytes, memoryview)):
        raw = bytes(value)
        return raw.decode("utf-8", "replace") + _inflated(raw)
    return str(value)


def _inflated(raw: bytes) -> str:
    try:
        return zlib.decompress(raw).decode("utf-8", "replace")
    except zlib.error:
        return ""


def _of_encrypted(model: type[Model]) -> Iterator[tuple[str, str]]:
    names = encrypted_fields(model)
    for row in model._base_manager.all() if names else ():
        for name in names:
            yield f"{model._meta.db_table}.{name}", str(getattr(row, name))

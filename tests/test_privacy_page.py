"""docs/privacy.md names every field that may hold personal data, once, and no field that does not exist."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.db.models import Model

PAGE = Path(__file__).parent.parent / "docs" / "privacy.md"
OURS = ("practice", "connections", "availability", "bookings", "operations")
TEXTS = {"CharField", "TextField", "EmailField", "BinaryField", "JSONField", "SlugField", "URLField"}
TEXTS |= {"GenericIPAddressField"}
WHOLLY_OF_PEOPLE = ("Activity", "Booking", "BookingChange", "Client", "ClientChange", "Mail", "Seat")
FOREIGN = {
    "sessions.Session": {"session_data"},
    "django_q.Task": {"args", "kwargs", "result"},
    "django_q.OrmQ": {"payload"},
    "admin.LogEntry": {"object_repr", "change_message"},
}
GROUP = re.compile(r"`(\w+\.\w+)`: ((?:`\w+`(?:, )?)+)")


def named() -> Counter[str]:
    """How often the page names each field, as `app.Model.field`."""
    groups = GROUP.findall(PAGE.read_text())
    return Counter(f"{model}.{field}" for model, fields in groups for field in re.findall(r"`(\w+)`", fields))


def fields_of(model: type[Model]) -> Iterator[str]:
    """The fields that may say something about a person: any text that is no choice; of some models all fields."""
    label = model._meta.label
    for field in model._meta.local_concrete_fields:
        is_text = field.get_internal_type() in TEXTS and not field.choices
        if not field.primary_key and (is_text or model.__name__ in WHOLLY_OF_PEOPLE):
            yield f"{label}.{field.name}"


def wanted() -> set[str]:
    ours = {field for model in apps.get_models() if model._meta.app_label in OURS for field in fields_of(model)}
    return ours | {f"{model}.{field}" for model, fields in FOREIGN.items() for field in fields}


def existing() -> set[str]:
    return {f"{model._meta.label}.{field.name}" for model in apps.get_models() for field in model._meta.fields}


def test_every_field_that_may_hold_personal_data_is_named() -> None:
    assert sorted(wanted() - named().keys()) == []


def test_no_field_is_named_twice_or_does_not_exist() -> None:
    counts = named()
    assert (sorted(counts.keys() - existing()), [field for field, times in counts.items() if times > 1]) == ([], [])


def test_each_row_says_why_how_long_who_sees_it_and_where_it_goes() -> None:
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| ") and "`" in line]
    assert [row for row in rows if len([cell for cell in row.strip("|").split("|") if cell.strip()]) != 6] == []

"""What the administration calls our models, their fields and its own columns is German for who reads German."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import flatten, flatten_fieldsets, label_for_field
from django.db.models import Field, Model
from django.utils import translation
from django.utils.functional import Promise

from connections.providers import PROVIDERS

OURS = ("availability", "bookings", "connections", "practice")
PRODUCTS = {one.words.name.casefold() for one in PROVIDERS.values() if isinstance(one.words.name, str)}
ALIKE = (
    PRODUCTS
    | {"—", "deutsch", "e-mail", "e-mails", "english", "etag", "href", "id", "logo", "logos"}
    | {*("name", "position", "problem", "server", "slug", "status", "text", "uid")}
)
"""Labels that are the same in both languages, apart from capitals."""


def in_both_languages(words: object) -> tuple[str, str]:
    """The English and the German of a label."""
    with translation.override("en"):
        english = str(words)
    with translation.override("de"):
        return english, str(words)


def labels_of(model: type[Model]) -> Iterator[tuple[str, object]]:
    """Each label of a model, with where it is."""
    yield model.__name__, model._meta.verbose_name
    yield model.__name__, model._meta.verbose_name_plural
    for field in chain(model._meta.fields, model._meta.many_to_many):
        if isinstance(field.verbose_name, Promise):  # Django makes up the others, which no page shows
            yield f"{model.__name__}.{field.name}", field.verbose_name
        yield from _texts_of(model, field)


def _texts_of(model: type[Model], field: Field) -> Iterator[tuple[str, object]]:
    where = f"{model.__name__}.{field.name}"
    if field.help_text:
        yield where, field.help_text
    for _value, label in field.flatchoices:
        yield where, label


def columns_of(model: type[Model], shown: admin.ModelAdmin) -> list[str]:
    """What the page and the list of a model show, by name."""
    fieldsets = flatten_fieldsets(shown.fieldsets) if shown.fieldsets else flatten(shown.fields or ())
    return [name for name in [*shown.list_display, *fieldsets, *shown.readonly_fields] if name != "__str__"]


def untranslated(labels: list[tuple[str, tuple[str, str]]]) -> list[tuple[str, str]]:
    return [
        (where, english)
        for where, (english, german) in labels
        if english.casefold() == german.casefold() and english.casefold() not in ALIKE
    ]


@pytest.mark.parametrize("app", OURS)
def test_every_model_and_field_is_called_something_german(app: str) -> None:
    labels = [
        (where, in_both_languages(words))
        for model in apps.get_app_config(app).get_models()
        for where, words in labels_of(model)
    ]
    assert untranslated(labels) == []


@pytest.mark.parametrize("app", OURS)
def test_every_column_and_field_of_the_administration_is_called_something_german(app: str) -> None:
    labels = [
        (f"{type(shown).__name__}.{name}", _column_in_both_languages(name, model, shown))
        for model, shown in admin.site._registry.items()
        if model._meta.app_label == app
        for name in columns_of(model, shown)
    ]
    assert untranslated(labels) == []


def _column_in_both_languages(name: str, model: type[Model], shown: admin.ModelAdmin) -> tuple[str, str]:
    with translation.override("en"):
        english = str(label_for_field(name, model, shown))
    with translation.override("de"):
        return english, str(label_for_field(name, model, shown))


@pytest.mark.parametrize("app", OURS)
def test_every_app_and_action_of_the_administration_is_called_something_german(app: str) -> None:
    actions = [
        (f"{type(shown).__name__}.{name}", in_both_languages(getattr(shown, name).short_description))
        for model, shown in admin.site._registry.items()
        if model._meta.app_label == app
        for name in shown.actions
    ]
    assert untranslated([(app, in_both_languages(apps.get_app_config(app).verbose_name)), *actions]) == []

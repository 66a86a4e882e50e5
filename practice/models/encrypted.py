"""Fields whose values are encrypted in the database: passwords, and what people wrote about other people.

They cannot be searched or filtered by, and `dumpdata` leaves them out. Without a key that decrypts it a value is loaded
as an empty one and saved as it was stored.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Self

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import Model
from fernet_fields import EncryptedTextField
from fernet_fields.hkdf import derive_fernet_key


class Unreadable(str):
    """Stands for a text that none of FERNET_KEYS decrypts: empty, so that nothing is sent, and kept as stored."""

    __slots__ = ("stored",)
    stored: bytes

    @classmethod
    def keeping(cls, stored: bytes) -> Self:
        """What stands for the encrypted bytes `stored`."""
        self = cls()
        self.stored = stored
        return self


class UnreadableData(dict[str, Any]):
    """The same for data: empty, and kept as stored."""

    def __init__(self, stored: bytes) -> None:
        super().__init__()
        self.stored = stored


@lru_cache(maxsize=8)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(derive_fernet_key(key)) for key in keys])


class EncryptedText(EncryptedTextField):  # type: ignore[misc] # the library has no types
    """A text, encrypted with the first of FERNET_KEYS; an empty one is stored as no bytes."""

    @property
    def fernet(self) -> MultiFernet:
        return _fernet(tuple(settings.FERNET_KEYS))

    def from_db_value(self, value: Any, *args: Any) -> Any:
        if value is None or not bytes(value):
            return self.to_python("")
        try:
            return super().from_db_value(value, *args)
        except InvalidToken:
            return Unreadable.keeping(bytes(value))

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if isinstance(value, (Unreadable, UnreadableData)):
            return connection.Database.Binary(value.stored)
        if not value:
            return connection.Database.Binary(b"")
        return super().get_db_prep_save(value, connection)

    def value_to_string(self, obj: Model) -> str:
        """Nothing: what `dumpdata` prints lies around in files, and this is never in it in clear."""
        return ""


class EncryptedData(EncryptedText):
    """What JSON can represent, by names, encrypted likewise."""

    def from_db_value(self, value: Any, *args: Any) -> Any:
        text = super().from_db_value(value, *args)
        return UnreadableData(text.stored) if isinstance(text, Unreadable) else text

    def to_python(self, value: Any) -> Any:
        return json.loads(value or "{}") if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        return json.dumps(value, ensure_ascii=False)


def encrypted_fields(model: type[Model]) -> list[str]:
    """The names of the encrypted fields of a model."""
    return [field.name for field in model._meta.local_concrete_fields if isinstance(field, EncryptedText)]


def encrypted_rows() -> Iterator[tuple[type[Model], int]]:
    """Every row with encrypted fields, by its model and key."""
    for model in apps.get_models():
        if encrypted_fields(model):
            for key in list(model._base_manager.order_by("pk").values_list("pk", flat=True)):
                yield model, key


@transaction.atomic
def reencrypt(model: type[Model], key: int) -> bool:
    """Write the encrypted fields of a row anew, with the first key; False if no key decrypts one of them.

    The row is held meanwhile, so that a change at the same moment is not lost. One that has gone needs nothing.
    """
    names = encrypted_fields(model)
    row = model._base_manager.select_for_update().only(*names).filter(pk=key).first()
    if row is None:
        return True
    row.save_base(update_fields=names)
    return not any(isinstance(getattr(row, name), (Unreadable, UnreadableData)) for name in names)

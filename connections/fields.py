"""How app-specific passwords are stored: encrypted, and still a row when no key decrypts one."""

from __future__ import annotations

from typing import Any, Self

from cryptography.fernet import InvalidToken
from django.db.models import Model
from fernet_fields import EncryptedTextField


class Unreadable(str):
    """Stands for a password that none of FERNET_KEYS decrypts: empty, so that nothing is sent, and kept as stored."""

    __slots__ = ("stored",)
    stored: bytes

    @classmethod
    def keeping(cls, stored: bytes) -> Self:
        """What stands for the encrypted bytes `stored`."""
        self = cls()
        self.stored = stored
        return self


class PasswordField(EncryptedTextField):  # type: ignore[misc] # the library has no types
    """A text, encrypted in the database. What cannot be decrypted is loaded as Unreadable and saved unchanged."""

    def from_db_value(self, value: Any, *args: Any) -> Any:
        try:
            return super().from_db_value(value, *args)
        except InvalidToken:
            return Unreadable.keeping(bytes(value))

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if isinstance(value, Unreadable):
            return connection.Database.Binary(value.stored)
        return super().get_db_prep_save(value, connection)

    def value_to_string(self, obj: Model) -> str:
        """Nothing: what `dumpdata` prints lies around in files, and passwords are never in it in clear."""
        return ""

    def deconstruct(self) -> Any:
        """As the library's own field: the column is the same, so no migration is needed."""
        name, _, arguments, more = super().deconstruct()
        return name, "fernet_fields.fields.EncryptedTextField", arguments, more

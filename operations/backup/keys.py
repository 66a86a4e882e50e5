"""The key of backups, and fingerprints of the keys that encrypt fields in the database."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from django.utils.translation import gettext as _
from pyrage import IdentityError, x25519

from operations.backup.errors import BackupRefused

_SALT = b"kalends backup: fingerprint of FERNET_KEYS"


def new_backup_key() -> str:
    """A new BACKUP_KEY: an identity of age, which the program `age` reads as well."""
    return str(x25519.Identity.generate())


def identity_of(key: str) -> x25519.Identity:
    """The identity that BACKUP_KEY names. Raises BackupRefused; the key is not repeated."""
    if not key.strip():
        raise BackupRefused(
            _("BACKUP_KEY is not set. Make one with “kalends backup --new-key”, set it, and keep a copy elsewhere.")
        )
    try:
        return x25519.Identity.from_str(key.strip())
    except IdentityError:
        raise BackupRefused(
            _("BACKUP_KEY is not a key. It begins with AGE-SECRET-KEY-1; “kalends backup --new-key” makes one.")
        ) from None


def fingerprints(keys: Iterable[str]) -> list[str]:
    """A fingerprint of each key, slow to compute, so that a weak key cannot be found by guessing quickly."""
    return [hashlib.scrypt(key.encode(), salt=_SALT, n=2**14, r=8, p=1, dklen=16).hex() for key in keys]

"""How the secrets of second factors are stored: encrypted with FERNET_KEYS, as app-specific passwords are."""

from __future__ import annotations

from typing import Final

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import transaction
from fernet_fields.hkdf import derive_fernet_key

SECRETS: Final = ("secret", "seed")
"""The names under which allauth keeps what must stay secret, in the data of an authenticator."""


def encrypt(text: str) -> str:
    """The text, encrypted with the first of FERNET_KEYS."""
    return _keys().encrypt(text.encode()).decode()


def decrypt(encrypted: str) -> str:
    """The text again. Raises InvalidToken if none of FERNET_KEYS decrypts it."""
    return _keys().decrypt(encrypted.encode()).decode()


def reencrypt_all() -> tuple[int, list[str]]:
    """Encrypt all secrets with the first key; how many factors that were, and of which users none could be read."""
    factors = list(Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).order_by("pk"))
    unreadable = [factor.user.username for factor in factors if not _reencrypt(factor.pk)]
    return len(factors) - len(unreadable), unreadable


@transaction.atomic
def _reencrypt(factor_id: int) -> bool:
    """Encrypt the secrets of one factor anew; False if no key decrypts them."""
    factor = Authenticator.objects.select_for_update().get(pk=factor_id)
    try:
        changed = {name: encrypt(decrypt(factor.data[name])) for name in SECRETS if name in factor.data}
    except InvalidToken:
        return False
    factor.data |= changed
    factor.save(update_fields=["data"])
    return True


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(derive_fernet_key(key)) for key in settings.FERNET_KEYS])

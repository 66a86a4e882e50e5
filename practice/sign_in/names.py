"""Whom a text means that somebody typed to sign in: a user name or an e-mail address."""

from __future__ import annotations

from practice.models import User


def username_of(typed: str) -> str:
    """The user name of whoever has this user name or e-mail address, in any capitals; as typed if it is nobody's."""
    typed = typed.strip()
    if "\0" in typed:  # PostgreSQL refuses to look for it
        return typed
    found = User.objects.filter(username__iexact=typed).first()
    if not found and "@" in typed:
        found = User.objects.filter(email__iexact=typed).first()
    return found.get_username() if found else typed

"""Clients: the same person is one client, however often and with whichever staff member they book."""

from __future__ import annotations

import hashlib
import re

from django.db import connection

from bookings.models import Client

_CONTROLS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def one_line(text: str) -> str:
    """The text without line ends and other control characters, because it may become part of a mail's header."""
    return _CONTROLS.sub(" ", text).strip()


def client_of(name: str, email: str, phone: str) -> Client:
    """The client with exactly these details, made now if there is none.

    Call it inside a transaction: until that ends nobody else makes a client with the same details, whichever staff
    member they book.
    """
    _lock(f"{name}\n{email}\n{phone}".upper())
    known = Client.objects.filter(name__iexact=name, email__iexact=email, phone=phone).first()
    return known or Client.objects.create(name=name, email=email, phone=phone)


def _lock(who: str) -> None:
    """Wait for whoever is making the same client; on SQLite every transaction has the write lock anyway."""
    if connection.vendor == "postgresql":
        key = int.from_bytes(hashlib.sha256(who.encode()).digest()[:8], signed=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])

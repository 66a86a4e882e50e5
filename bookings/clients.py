"""Who books: the same person is one client, however often and with whomever they book."""

from __future__ import annotations

import hashlib
import re

from django.db import connection

from bookings.models import Client

_CONTROLS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def one_line(text: str) -> str:
    """What somebody gave, without line ends and other controls: it may come to stand in a mail's head."""
    return _CONTROLS.sub(" ", text).strip()


def client_of(name: str, email: str, phone: str) -> Client:
    """The client of these details: one already known by all of them, or a new one.

    Inside a transaction: until it ends nobody else makes a client of the same details, not with another staff member
    either, whose lock is another one.
    """
    _lock(f"{name}\n{email}\n{phone}".upper())
    known = Client.objects.filter(name__iexact=name, email__iexact=email, phone=phone).first()
    return known or Client.objects.create(name=name, email=email, phone=phone)


def _lock(who: str) -> None:
    """Wait for whoever is writing down the same person; on SQLite every transaction has the write lock anyway."""
    if connection.vendor == "postgresql":
        key = int.from_bytes(hashlib.sha256(who.encode()).digest()[:8], signed=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])

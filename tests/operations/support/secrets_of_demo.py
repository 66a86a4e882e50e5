"""Everything in the demo that says who somebody is, and every spelling in which it could be in a file."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator
from urllib.parse import quote

from bookings.models import Client, Question, Service
from connections.models import Calendar, Connection, Event
from practice.models import Practice, User
from sandbox.demo import people
from sandbox.server.server import Sandbox

WORDS_OF_PEOPLE = re.compile(
    rb"^(?:SUMMARY|LOCATION|DESCRIPTION|ATTENDEE|ORGANIZER|URL|X-[A-Z-]*TITLE)[^:\n]*:(.+?)\r?$", re.MULTILINE
)

OWN_WORDS = {"Bookings", "Home"}
"""Names of calendars in the demo that are words of the bundle itself: counts of bookings, the home of an account."""


def secrets_of(icloud: Sandbox) -> set[str]:
    """Names, titles, addresses, phone numbers, passwords, hosts and paths of the demo."""
    found = {people.PASSWORD, icloud.entry_url, *_of_practice(), *_of_people(), *_of_accounts(icloud)}
    hosts = {url.split("//")[1].rstrip("/") for url in (icloud.entry_url, icloud.pod_url)}
    return {secret.strip() for secret in found | hosts if len(secret.strip()) > 2} - OWN_WORDS


def _of_practice() -> Iterator[str]:
    practice = Practice.objects.get()
    yield from (practice.name, practice.email, practice.phone, practice.imprint, practice.privacy_notice)
    yield from practice.address.splitlines()
    for service in Service.objects.all():
        yield from (service.name, service.slug)
    for question in Question.objects.all():
        yield from (question.words, *question.options.splitlines())


def _of_people() -> Iterator[str]:
    for user in User.objects.all():
        yield from (user.username, user.email, user.first_name, user.last_name, user.get_full_name())
    for client in Client.objects.all():
        yield from (client.name, *client.name.split(), client.email, client.phone)


def _of_accounts(icloud: Sandbox) -> Iterator[str]:
    for connection in Connection.objects.all():
        yield from (connection.username, connection.password, connection.url, connection.home_path, connection.origin)
        yield from connection.addresses
        yield icloud.account(connection.username).dsid
    for calendar in Calendar.objects.all():
        yield from (calendar.name, calendar.path, calendar.sync_token)
    for event in Event.objects.all():
        yield from (event.summary, event.uid, event.href, event.etag)
    for account in {connection.username for connection in Connection.objects.all()}:
        for theirs in icloud.account(account).calendars.values():
            for resource in theirs.resources.values():
                yield from (value.decode() for value in WORDS_OF_PEOPLE.findall(resource.data))


def spellings(secret: str) -> Iterator[bytes]:
    """The secret in every encoding and escaping in which a program might write it, in lower case."""
    for text in {secret, secret.replace(" ", ""), quote(secret), quote(secret, safe=""), html.escape(secret)}:
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "utf-7"):
            yield text.lower().encode(encoding)
    yield json.dumps(secret.lower())[1:-1].encode()


def in_base64(secret: str) -> Iterator[bytes]:
    """What is the same of the secret's base64 wherever it begins in what was encoded."""
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + secret.encode())
        yield encoded[4 if shift else 0 : len(encoded) // 4 * 4 - 4]


def found_in(data: bytes, secret: str) -> bool:
    """Is the secret in the data in any spelling? A single short word counts only where it is a whole word."""
    lowered = data.lower()
    for spelt in spellings(secret):
        pattern = re.escape(spelt)
        if secret.isalpha():
            pattern = rb"(?<![a-z])" + pattern + rb"(?![a-z])"
        if re.search(pattern, lowered):
            return True
    return len(secret) > 8 and any(part and part in data for part in in_base64(secret))

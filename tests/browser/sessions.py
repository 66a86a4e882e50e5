"""Browsers in which somebody is signed in already."""

from __future__ import annotations

from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext

from practice.models import User
from tests.signed_in import sign_in_just_now


def signed_in(context: BrowserContext, address: str, user: User) -> None:
    """Sign the user in at the address, in every tab of the context."""
    client = Client()
    sign_in_just_now(client, user)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": address}])

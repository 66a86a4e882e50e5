"""Browsers of tests in which somebody has just signed in, so that nothing asks again who it is."""

from __future__ import annotations

import time

from django.test import Client

from practice.models import User


def sign_in_just_now(client: Client, user: User) -> None:
    """Sign the user in as the page does with their password; `force_login` alone says nothing of when."""
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()

"""The secret address of the first run."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from practice.models import User


def is_first_run() -> bool:
    """Is there nobody yet who could sign in?"""
    return not User.objects.exists()


def setup_address() -> str:
    """The address at which the first user is made. It follows from SECRET_KEY, so nobody else can guess it."""
    return f"{settings.BASE_URL}{reverse('practice:setup', args=[_token()])}"


def is_setup_token(text: str) -> bool:
    """Is this the token of the setup address?"""
    return constant_time_compare(text, _token())


def _token() -> str:
    return salted_hmac("practice.setup", "first run", algorithm="sha256").hexdigest()

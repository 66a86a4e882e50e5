"""A visitor: a random id in the hidden fields of their forms, and what they typed so far."""

from __future__ import annotations

import re
import secrets

from django.http import HttpRequest, QueryDict
from django.utils.translation import get_language

from bookings import actions
from bookings.models.questions import MAX_QUESTIONS
from bookings.models.questions.question import FIELD_PREFIX, MAX_KEY_LENGTH
from practice.client_address import address_group

TYPED = ("name", "email", "email_checked", "phone", "note", "reminders")
"""The fields of the details form, which a change of the time must not lose."""
MAX_CARRIED = 4000
_ID = re.compile(r"[\w-]{16,64}", re.ASCII)
_QUESTION = re.compile(rf"{FIELD_PREFIX}[\w-]{{1,{MAX_KEY_LENGTH}}}", re.ASCII)


def is_id(text: str) -> bool:
    """Has the text the shape of a random id? No other is looked for; PostgreSQL takes no NUL character, for one."""
    return bool(_ID.fullmatch(text))


def known_visitor(request: HttpRequest) -> str:
    """The id that the form carries; "" for none, and for what is none."""
    given = request.POST.get("visitor", "")
    return given if is_id(given) else ""


def visitor_id(request: HttpRequest) -> str:
    """The id that the form carries, or a new one."""
    return known_visitor(request) or secrets.token_urlsafe(16)


def visitor_of(request: HttpRequest, time_zone: str) -> actions.Visitor:
    """Who chooses a time."""
    return actions.Visitor(visitor_id(request), address_group(request), get_language() or "", time_zone)


def typed(request: HttpRequest) -> dict[str, str]:
    """What was typed into the details form so far."""
    return typed_fields(request.POST)


def typed_fields(data: QueryDict) -> dict[str, str]:
    """What was typed, out of everything that the form was sent with; without NUL, which PostgreSQL cannot keep.

    Of questions with several answers it is one text with a line for each.
    """
    texts = {name: data.get(name, "") for name in TYPED}
    asked = [name for name in data if _QUESTION.fullmatch(name)][:MAX_QUESTIONS]
    texts |= {name: "\n".join(filter(None, data.getlist(name))) for name in asked}
    texts = {name: text.replace("\0", "")[:MAX_CARRIED] for name, text in texts.items()}
    return {name: text for name, text in texts.items() if text}

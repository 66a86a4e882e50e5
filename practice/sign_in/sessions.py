"""Ending sessions, and forgetting where they were."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from practice.models import User


def end_sessions(user: User) -> None:
    """Sign the user out, wherever they are signed in."""
    for session in UserSession.objects.filter(user=user):
        session.end()


def delete_ended_sessions() -> None:
    """Task: delete sessions that ended, with the addresses and devices that were noted for the list of them."""
    SessionStore.clear_expired()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()

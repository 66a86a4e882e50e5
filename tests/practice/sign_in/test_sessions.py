"""What is noted of a session goes with it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from practice.sign_in.sessions import delete_ended_sessions
from tests.factories import UserFactory
from tests.practice.second_factor.factors import sign_in

pytestmark = pytest.mark.django_db


def test_ended_sessions_are_deleted_and_others_stay() -> None:
    UserFactory(username="anna")
    now, over, gone = Client(), Client(), Client()
    for one in (now, over, gone):
        sign_in(one)
    Session.objects.filter(pk=over.session.session_key).update(expire_date=timezone.now() - timedelta(days=1))
    Session.objects.filter(pk=gone.session.session_key).delete()
    delete_ended_sessions()
    kept = [now.session.session_key]
    assert list(Session.objects.values_list("pk", flat=True)) == kept
    assert list(UserSession.objects.values_list("session_key", flat=True)) == kept
    assert now.get("/account/").status_code == 200

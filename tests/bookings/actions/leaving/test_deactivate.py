"""Deactivating: not bookable at once, signed out, links dead, and the names leave their calendar."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.account.forms import default_token_generator
from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user
from django.core import mail
from django.test import Client
from django_q.models import OrmQ

from bookings import actions
from bookings.actions import leaving
from bookings.models import Claim, Hold
from bookings.notifications import emails
from bookings.openings import explain, search
from bookings.public.people import people_of
from connections.freshness import freshness
from practice.account.email_change import EmailChange
from practice.models import Activity, Invitation, User
from practice.team.invitations import invite
from tests.bookings.actions.leaving.conftest import Colleague
from tests.bookings.practice import HOUR, Practice, berlin
from tests.factories import NOW, START, BookingFactory, HoldFactory, UserFactory
from tests.practice.second_factor.factors import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("olga")]
DAY = timedelta(days=1)
CLOSED = "The account was deactivated, so no times can be booked."


def deactivate(practice: Practice, *, keep_names: bool = False) -> int:
    return leaving.deactivate(practice.user, now=practice.now, keep_names=keep_names)


# --- who can be deactivated ------------------------------------------------------------------------


def test_the_only_owner_stays(practice: Practice, olga: User) -> None:
    sentence = "Olga is the only owner of the practice"
    with pytest.raises(actions.Refused, match=sentence):
        leaving.deactivate(olga, now=practice.now, actor=olga)
    UserFactory.create(role=User.Role.OWNER, is_active=False)
    with pytest.raises(actions.Refused, match=sentence):
        leaving.deactivate(olga, now=practice.now)
    UserFactory.create(role=User.Role.OWNER)
    leaving.deactivate(olga, now=practice.now, actor=olga)
    assert User.objects.get(pk=olga.pk).is_active is False


def test_nobody_is_deactivated_twice(practice: Practice) -> None:
    deactivate(practice)
    with pytest.raises(actions.Refused, match="Anna is deactivated already"):
        deactivate(practice)


def test_invitations_that_they_sent_are_revoked(practice: Practice, olga: User) -> None:
    for owner in (practice.user, olga):
        invite(f"{owner.username}@elsewhere.example", User.Role.OWNER, by=owner, now=practice.now)
    deactivate(practice)
    assert list(Invitation.objects.pending().values_list("invited_by", flat=True)) == [olga.pk]


def test_the_activity_says_who_and_nothing_of_clients(practice: Practice, olga: User) -> None:
    practice.booked()
    leaving.deactivate(practice.user, now=practice.now, actor=olga)
    row = Activity.objects.get(kind="deactivated")
    assert (row.actor, row.user, row.client, row.detail, row.at) == (olga, practice.user, None, "", NOW)


# --- not bookable ----------------------------------------------------------------------------------


def test_they_have_no_openings_and_every_page_says_why(practice: Practice) -> None:
    before = search.find(practice.service, [practice.user], START, START + DAY, now=practice.now).openings
    deactivate(practice)
    after = search.find(practice.service, [practice.user], START, START + DAY, now=practice.now).openings
    assert (len(before) > 0, after, people_of(practice.service)) == (True, [], [])
    assert explain.why_not(practice.user, practice.service.shape, START, now=practice.now) == CLOSED
    assert freshness(practice.user, now=practice.now).bookable is False


def test_somebody_without_calendars_has_no_openings_either(practice: Practice) -> None:
    practice.connection.delete()
    deactivate(practice)
    assert search.find(practice.service, [practice.user], START, START + DAY, now=practice.now).openings == []
    assert explain.why_not(practice.user, practice.service.shape, START, now=practice.now) == CLOSED


def test_nobody_can_insist_on_them(practice: Practice) -> None:
    booking = practice.book()
    deactivate(practice)
    with pytest.raises(actions.Refused):
        practice.book(START + HOUR, anyway=True)
    with pytest.raises(actions.NotOpen) as refused:
        actions.reschedule(booking, start=START + HOUR, now=practice.now, anyway=True)
    assert (str(refused.value), refused.value.can_insist) == (CLOSED, False)


def test_times_that_visitors_keep_are_given_back(practice: Practice, ben: Colleague) -> None:
    kept = [HoldFactory.create(staff=user, service=practice.service) for user in (practice.user, ben.user)]
    deactivate(practice)
    assert [Hold.objects.get(pk=one.pk).claim is None for one in kept] == [True, False]
    assert Claim.objects.get().staff == ben.user
    with pytest.raises(actions.Refused):
        practice.book(hold=kept[0])


# --- signed out ------------------------------------------------------------------------------------


@pytest.mark.time_machine(NOW, tick=False)
def test_their_sessions_end_and_they_cannot_sign_in(practice: Practice, client: Client) -> None:
    sign_in(client)
    other = Client()
    sign_in(other)
    assert UserSession.objects.filter(user=practice.user).count() == 2
    deactivate(practice)
    assert UserSession.objects.filter(user=practice.user).count() == 0
    assert [get_user(one).is_authenticated for one in (client, other)] == [False, False]  # type: ignore[arg-type]
    assert client.get("/account/").headers["Location"].startswith("/accounts/login/")
    assert sign_in(client).status_code == 302
    assert client.get("/account/").headers["Location"].startswith("/accounts/login/")


@pytest.mark.time_machine(NOW, tick=False)
def test_links_that_were_mailed_to_them_lead_nowhere(practice: Practice) -> None:
    User.objects.filter(pk=practice.user.pk).update(email="anna@example.com")
    practice.user.refresh_from_db()
    reset = default_token_generator.make_token(practice.user)
    change = EmailChange(practice.user.pk, practice.user.email, "anna@example.net")
    before = (default_token_generator.check_token(practice.user, reset), change.user)
    deactivate(practice)
    practice.user.refresh_from_db()
    assert before == (True, practice.user)
    assert (default_token_generator.check_token(practice.user, reset), change.user) == (False, None)


def test_no_mail_about_work_goes_to_them_any_more(practice: Practice) -> None:
    User.objects.filter(pk=practice.user.pk).update(email="anna@example.com")
    practice.user.refresh_from_db()
    booking = BookingFactory.create(staff=practice.user, status="pending")
    told = [emails.warn_unconfirmed(booking)]
    deactivate(practice)
    told.append(emails.warn_unconfirmed(booking))
    assert (told, [one.to for one in mail.outbox]) == ([True, False], [["anna@example.com"]])


# --- the names in their calendar -------------------------------------------------------------------


def test_all_events_lose_the_name_past_ones_too(practice: Practice) -> None:
    past, coming = practice.booked(), practice.booked(berlin(10, 10))
    practice.later(timedelta(days=3))
    assert deactivate(practice) == 2
    assert practice.push() == ["pushed", "pushed"]
    for booking in (past, coming):
        assert ("SUMMARY:Booked" in practice.text(booking), "arla" in practice.text(booking)) == (True, False)
        assert practice.there(booking).start == booking.start


def test_what_the_phone_wrote_at_the_same_moment_is_overwritten_too(practice: Practice) -> None:
    booking = practice.booked()
    href = practice.href(booking)
    practice.phone.rename(href, "Carla Client, urgent")
    practice.phone.place(href, "At Carla Client's")
    deactivate(practice)
    practice.icloud.faults.status(412, method="PUT")
    assert practice.push() == ["pushed"]
    assert ("arla" in practice.text(booking), practice.there(booking).start) == (False, START)


def test_names_stay_if_that_is_chosen_and_none_is_written_from_then_on(practice: Practice) -> None:
    booking = practice.booked()
    waiting = practice.book(berlin(10, 10))
    assert deactivate(practice, keep_names=True) == 0
    assert practice.push() == ["pushed"]
    assert ("SUMMARY:Carla Client" in practice.text(booking), "arla" in practice.text(waiting)) == (True, False)


def test_events_of_erased_clients_do_not_count(practice: Practice) -> None:
    booking = practice.booked()
    booking.client.erased_at = practice.now
    booking.client.save()
    assert (leaving.named_events(practice.user).count(), deactivate(practice)) == (0, 0)


def test_a_worker_is_asked_to_write_at_once(practice: Practice, django_capture_on_commit_callbacks: object) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        deactivate(practice)
    assert [(row.task["func"], row.task["args"]) for row in OrmQ.objects.all()] == [
        ("bookings.tasks.settle_leaving", (practice.user.pk,))
    ]

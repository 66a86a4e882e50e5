"""The practice of the demo: three people whose week is full on every weekday."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bookings.models import Booking, LinkedEvent, Service
from connections.busy import busy
from connections.freshness import freshness
from connections.models import Calendar, CalendarConfiguration, Connection
from practice.models import User
from practice.profile.missing import missing_now
from sandbox.demo import people, practice
from sandbox.server.server import Sandbox

pytestmark = pytest.mark.django_db

WEDNESDAY = datetime(2026, 11, 25, 13, 0, tzinfo=UTC)
WEEKDAYS = [datetime(2026, 11, 23 + day, hour, 5, tzinfo=UTC) for day, hour in ((0, 6), (2, 13), (5, 22), (6, 15))]


@pytest.fixture
def make(settings, icloud: Sandbox):
    """Create the practice at a moment, in the sandbox's iCloud."""

    def at(now: datetime) -> None:
        settings.ICLOUD_CALDAV_URL = icloud.entry_url
        practice.create_practice(icloud, now=now)

    return at


def bookings_of(username: str) -> list[Booking]:
    return list(Booking.objects.filter(staff__username=username).order_by("start"))


def test_the_three_differ_in_what_they_show(make) -> None:
    make(WEDNESDAY)
    accounts = {user.username: user.connections.count() for user in User.objects.order_by("pk")}
    assert accounts == {"mara": 2, "jonas": 1, "lea": 0}
    assert list(User.owners().values_list("username", flat=True)) == ["mara"]
    zones = dict(CalendarConfiguration.objects.values_list("user__username", "time_zone"))
    assert zones == {"mara": "Europe/Berlin", "jonas": "Europe/London", "lea": "Europe/Berlin"}
    calendars = Calendar.objects.filter(connection__user__username="jonas").values_list("name", "writable", "shared")
    assert sorted(calendars) == [("Jonas", True, False), ("Treatment rooms", False, True)]
    assert User.objects.get(username="lea").check_password(people.PASSWORD)


@pytest.mark.parametrize("now", WEEKDAYS, ids=lambda now: f"{now:%A}")
def test_the_week_is_full_whatever_day_it_is(make, now: datetime) -> None:
    make(now)
    for username, least in (("mara", 4), ("jonas", 2), ("lea", 2)):
        made = bookings_of(username)
        assert {(booking.status, booking.overlap_allowed) for booking in made} == {(Booking.Status.CONFIRMED, False)}
        assert len([booking for booking in made if booking.start > now]) >= least
    assert [booking for booking in bookings_of("mara") if booking.start < now] != []
    assert [busy_days(username, now) for username in ("mara", "jonas")] == [True, True]


def busy_days(username: str, now: datetime) -> bool:
    """Whether this week, the last seven days and the next seven days each have events on five days or more."""
    user = User.objects.get(username=username)
    assert freshness(user, now=now).state == "fresh"
    midnight = now.replace(hour=0, minute=0)
    firsts = (midnight - timedelta(days=midnight.weekday()), midnight - timedelta(days=6), midnight)
    found = [busy(user, first, first + timedelta(days=7)) for first in firsts]
    return all(len({one.start.astimezone(ZoneInfo("Europe/Berlin")).date() for one in week}) >= 5 for week in found)


def test_clients_can_book_in_the_demo(make, settings) -> None:
    settings.DEMO, settings.EMAIL_BACKEND = True, "django.core.mail.backends.filebased.EmailBackend"
    make(WEDNESDAY)
    assert missing_now() == []


def test_the_demos_video_call_has_a_room_for_each_booking(make) -> None:
    make(WEDNESDAY)
    kinds = set(Service.objects.values_list("slug", "location_kind", "location"))
    assert ("video-call", "video", "https://meet.example.com/{room}") in kinds
    assert {kind for slug, kind, _location in kinds if slug != "video-call"} == {"place"}


def test_the_demo_shows_questions_lengths_approval_and_first_available(make) -> None:
    make(WEDNESDAY)
    services = {one.slug: one for one in Service.objects.all()}
    asked = services["first-visit"].questions.values_list("kind", "required", "private")
    assert list(asked) == [
        ("text", False, False),
        ("choice", True, False),
        ("several", False, False),
        ("yes_no", False, False),
        ("text", False, True),
    ]
    assert (services["massage"].durations, services["massage"].staff.count()) == ([45, 60, 90], 3)
    assert {slug for slug, one in services.items() if one.approval_hours} == {"home-visit"}
    assert {slug for slug, one in services.items() if one.series_allowed} == {"massage"}


def test_bookings_stand_on_the_iphone(make, icloud: Sandbox) -> None:
    make(WEDNESDAY)
    assert set(LinkedEvent.objects.values_list("state", flat=True)) == {LinkedEvent.State.PUSHED}
    standing = icloud.account("mara.winter@icloud.com").calendar("Bookings").resources
    assert set(standing) == set(
        LinkedEvent.objects.filter(booking__staff__username="mara").values_list("href", flat=True)
    )
    assert len(standing) == len(bookings_of("mara"))


def test_nobody_is_invited_or_mailed_by_icloud(make, icloud: Sandbox) -> None:
    make(WEDNESDAY)
    assert list(icloud.scheduled) == []
    assert len(icloud.stranger_log) == 0


def test_another_start_at_another_port_a_fortnight_later_goes_on(make, icloud: Sandbox) -> None:
    make(WEDNESDAY)
    Connection.objects.update(url="http://127.0.0.1:9/", origin="http://127.0.0.1:10")
    before = set(Booking.objects.values_list("pk", flat=True))
    later = WEDNESDAY + timedelta(days=14)
    practice.bring_up_to_date(icloud, filled=practice.weeks_of(WEDNESDAY), now=later)
    assert set(Connection.objects.values_list("url", "error_code")) == {(icloud.entry_url, "")}
    # The week that was filled at the first start is not filled twice; the two that have come since are.
    dentists = [
        one.start.date().isoformat()
        for one in busy(User.objects.get(username="mara"), WEDNESDAY, WEDNESDAY + timedelta(days=40))
        if one.summary == "Dentist"
    ]
    assert dentists == ["2026-11-30", "2026-12-07", "2026-12-14", "2026-12-21"]
    assert before < set(Booking.objects.values_list("pk", flat=True))
    assert Booking.objects.filter(staff__username="mara", start__gt=later).exists()


def test_another_start_on_the_same_day_changes_nothing(make, icloud: Sandbox) -> None:
    make(WEDNESDAY)
    events = {account.apple_id: account.revision for account in icloud.accounts}
    bookings = list(Booking.objects.values_list("pk", "start"))
    later = WEDNESDAY + timedelta(minutes=5)
    practice.bring_up_to_date(icloud, filled=practice.weeks_of(WEDNESDAY), now=later)
    assert {account.apple_id: account.revision for account in icloud.accounts} == events
    assert list(Booking.objects.values_list("pk", "start")) == bookings


def test_a_revoked_account_stays_revoked(make, icloud: Sandbox) -> None:
    make(WEDNESDAY)
    Connection.objects.filter(username="jonas.field@icloud.com").update(needs_attention=True, error_code="unauthorized")
    icloud.log.clear()
    practice.bring_up_to_date(icloud, filled=practice.weeks_of(WEDNESDAY), now=WEDNESDAY + timedelta(minutes=5))
    assert Connection.objects.get(username="jonas.field@icloud.com").needs_attention is True

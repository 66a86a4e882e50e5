"""Many processes after the same time of one staff member: one gets it, the others are told why not."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.utils import IntegrityError
from django.test import override_settings
from django.utils import timezone

from bookings import actions
from bookings.models import Booking, Client, LinkedEvent, Service
from connections.accounts import configure, connect
from connections.models import Calendar, CalendarConfiguration
from connections.sync.run import sync_connection
from practice.models import Practice, User
from sandbox.device.device import AppleDevice
from sandbox.server.server import Sandbox
from sandbox.server.store.accounts import Account
from tests.bookings.racing import Exit, Racers, command
from tests.factories import (
    NOW,
    START,
    BookingFactory,
    CalendarFactory,
    ServiceFactory,
    UserFactory,
    office_hours,
)
from tests.shared_database import shared_database  # noqa: F401 - a fixture

pytestmark = pytest.mark.usefixtures("shared_database", "at_work")

RACERS = 20
BERLIN = ZoneInfo("Europe/Berlin")
MINUTE = timedelta(minutes=1)


def monday(hour: int, minute: int = 0) -> datetime:
    """That time of next Monday in Berlin; the commands read the clock themselves."""
    today = datetime.now(BERLIN).replace(hour=hour, minute=minute, second=0, microsecond=0)
    return today + timedelta(days=7 - today.weekday())


def book(start: datetime, number: int) -> list[str]:
    return ["book", "--service", "talk", "--start", start.isoformat(), "--name", f"Client {number}", "--json"]


def codes(exits: list[Exit]) -> list[int]:
    return sorted(one.code for one in exits)


def sentences(exits: list[Exit]) -> set[str]:
    """What was said on standard error, without the next openings, which depend on who won."""
    return {one.err.split(" Next openings")[0].strip() for one in exits if one.code}


ONE_OF_MANY = [0] + [2] * (RACERS - 1)


def refusals(starts: Iterable[datetime]) -> set[str]:
    """What is said to those who wanted these starts and came after the one booking, which lasts an hour."""
    won = Booking.objects.get()
    taken = f"Another booking is at this time ({clocks(won.start, won.end)})."
    blocked = clocks(*won.blocked_span)
    buffered = f"The buffer around another booking ({blocked}) or around the service is in the way."
    return {taken if abs(start - won.start) < timedelta(hours=1) else buffered for start in starts}


def clocks(start: datetime, end: datetime) -> str:
    return f"{start.astimezone(BERLIN):%H:%M}–{end.astimezone(BERLIN):%H:%M}"


def test_of_twenty_processes_booking_one_opening_one_succeeds(racers: Racers, anna: User) -> None:
    ServiceFactory(slug="talk", staff=[anna])
    exits = racers.race(command, [book(monday(10), number) for number in range(RACERS)])
    assert codes(exits) == ONE_OF_MANY
    assert sentences(exits) == refusals([monday(10)])
    assert [row.start for row in Booking.objects.all()] == [monday(10).astimezone(UTC)]


def at_twenty_times(number: int) -> datetime:
    """One of so many times on Monday, 20 minutes apart."""
    return monday(9 + number // 3, number % 3 * 20)


def test_of_twenty_processes_booking_one_day_as_many_succeed_as_its_limit_allows(racers: Racers, anna: User) -> None:
    ServiceFactory(slug="talk", name="Talk", staff=[anna], minutes=20, slot_minutes=20, max_per_day=3)
    exits = racers.race(command, [book(at_twenty_times(number), number) for number in range(RACERS)])
    assert codes(exits) == [0] * 3 + [2] * (RACERS - 3)
    assert sentences(exits) == {"Talk can be booked 3 times a day with Anna, and this day has 3 already."}


def test_of_twenty_processes_booking_one_client_with_two_people_as_many_succeed_as_the_practice_allows(
    racers: Racers, anna: User
) -> None:
    Practice.objects.update_or_create(defaults={"max_upcoming": 3})
    ben = UserFactory(username="ben")
    office_hours(ben)
    ServiceFactory(slug="talk", staff=[anna, ben], minutes=20, slot_minutes=20)
    same_client = ["--email", "carla@example.org", "--name", "Carla"]
    exits = racers.race(
        command,
        [
            [*book(at_twenty_times(number), number), *same_client, "--staff", ("anna", "ben")[number % 2]]
            for number in range(RACERS)
        ],
    )
    assert codes(exits) == [0] * 3 + [2] * (RACERS - 3)
    assert sentences(exits) == {"The practice allows each client 3 upcoming bookings, and Carla has 3 already."}
    assert Client.objects.count() == 1


def test_of_twenty_processes_booking_two_openings_whose_buffers_collide_one_succeeds(
    racers: Racers, anna: User
) -> None:
    ServiceFactory(slug="talk", staff=[anna], buffer_after_minutes=15)
    exits = racers.race(command, [book(monday(10 + number % 2), number) for number in range(RACERS)])
    assert codes(exits) == ONE_OF_MANY
    assert sentences(exits) == refusals([monday(10), monday(11)])
    assert Booking.objects.count() == 1


def test_of_twenty_processes_booking_twenty_openings_whose_buffers_collide_one_succeeds(
    racers: Racers, anna: User
) -> None:
    ServiceFactory(slug="talk", staff=[anna], slot_minutes=5, buffer_before_minutes=30, buffer_after_minutes=30)
    starts = [monday(9) + number * 5 * MINUTE for number in range(RACERS)]
    exits = racers.race(command, [book(start, number) for number, start in enumerate(starts)])
    assert codes(exits) == ONE_OF_MANY
    assert sentences(exits) == refusals(starts)
    assert Booking.objects.count() == 1


def test_two_staff_members_share_twenty_processes_between_them(racers: Racers, anna: User) -> None:
    ben = UserFactory(username="ben")
    office_hours(ben)
    ServiceFactory(slug="talk", staff=[anna, ben])
    exits = racers.race(command, [book(monday(10), number) for number in range(RACERS)])
    assert codes(exits) == [0, 0] + [2] * (RACERS - 2)
    assert sorted(Booking.objects.values_list("staff__username", flat=True)) == ["anna", "ben"]


def test_one_client_who_books_with_many_staff_members_at_once_is_one_client(racers: Racers, anna: User) -> None:
    others = [UserFactory() for _ in range(7)]
    for other in others:
        office_hours(other)
    ServiceFactory(slug="talk", staff=[anna, *others])
    exits = racers.race(command, [book(monday(10), 7)] * RACERS)
    assert codes(exits) == [0] * 8 + [2] * (RACERS - 8)
    assert (Booking.objects.count(), list(Client.objects.values_list("name", flat=True))) == (8, ["Client 7"])


def test_whoever_wins_leaves_one_placement_and_whoever_loses_leaves_nothing(racers: Racers, anna: User) -> None:
    ServiceFactory(slug="talk", staff=[anna])
    exits = racers.race(command, [book(monday(10), number) for number in range(RACERS)])
    won = next(number for number, one in enumerate(exits) if one.code == 0)
    assert list(Client.objects.values_list("name", flat=True)) == [f"Client {won}"]


def test_openings_side_by_side_are_all_booked(racers: Racers, anna: User) -> None:
    ServiceFactory(slug="talk", staff=[anna], minutes=15, slot_minutes=15)
    exits = racers.race(command, [book(monday(9) + number * 15 * MINUTE, number) for number in range(RACERS)])
    assert codes(exits) == [0] * RACERS
    assert Booking.objects.count() == RACERS


def patient_command(arguments: list[str]) -> Exit:
    """A command that waits for iCloud as long as twenty processes on a busy machine may take."""
    with override_settings(FRESHNESS_DEADLINE_SECONDS=60):
        return command(arguments)


def test_asking_icloud_at_the_last_moment_lets_nobody_slip_through(
    racers: Racers, anna: User, icloud: Sandbox, account: Account, app_password: str
) -> None:
    now = timezone.now()
    connection = connect(anna, username="anna@example.com", password=app_password, url=icloud.entry_url, now=now)
    work = Calendar.objects.get(connection=connection, name="Work")
    configure(anna, linked=None, conflicts=[work], now=now)
    sync_connection(connection.pk, now=now)
    AppleDevice(account).add(account.calendar("Work"), "Dentist", monday(12))  # not read yet when the race begins
    ServiceFactory(slug="talk", staff=[anna], minutes=60)
    starts = [monday(10 + 2 * (number % 2)) for number in range(RACERS)]
    exits = racers.race(patient_command, [book(start, number) for number, start in enumerate(starts)])
    assert codes(exits) == ONE_OF_MANY
    assert sentences(exits) == refusals([monday(10)]) | {
        "An event in “Work” (12:00–13:00) is marked Busy, so it blocks."
    }
    assert [row.start for row in Booking.objects.all()] == [monday(10).astimezone(UTC)]


def write_past_the_lock(number: int) -> str:
    """Write a booking as a bug would that forgets to ask; what the database made of it."""
    user, service = User.objects.get(username="anna"), Service.objects.get(slug="talk")
    try:
        BookingFactory(staff=user, service=service, start=START + number * MINUTE)
    except IntegrityError as error:
        return "refused" if "claims_never_overlap" in str(error) else str(error)
    return "written"


def test_postgresql_alone_also_refuses_what_is_written_past_the_lock(racers: Racers, anna: User) -> None:
    ServiceFactory(slug="talk", staff=[anna])
    written = sorted(racers.race(write_past_the_lock, list(range(RACERS))))
    assert (
        written
        == {
            "postgresql": ["refused"] * (RACERS - 1) + ["written"],
            "sqlite": ["written"] * RACERS,  # has no exclusion constraints: there the write lock is the only net
        }[connection.vendor]
    )


def act_at_random(seed: int) -> dict[str, int]:
    """Book, move and cancel what is there, whoever made it, as the seed has it; how often each went well."""
    choose = random.Random(seed)
    user, service = User.objects.get(username="anna"), Service.objects.get(slug="talk")
    done = {"booked": 0, "moved": 0, "cancelled": 0, "refused": 0}
    for number in range(10):
        start = START + choose.randrange(24) * 15 * MINUTE
        existing = list(Booking.objects.live())
        verb = choose.choice(("booked", "booked", "moved", "cancelled") if existing else ("booked",))
        try:
            if verb == "booked":
                client = actions.ClientDetails(f"Client {seed}/{number}")
                actions.book(service=service, staff=user, start=start, client=client, now=NOW)
            elif verb == "moved":
                actions.reschedule(choose.choice(existing), start=start, now=NOW)
            else:
                actions.cancel(choose.choice(existing), now=NOW)
        except actions.Refused:
            verb = "refused"
        done[verb] += 1
    return done


@pytest.mark.parametrize("seed", [1, 2])
def test_random_changes_from_many_processes_leave_no_overlap(racers: Racers, anna: User, seed: int) -> None:
    calendar = CalendarFactory(
        connection__user=anna, is_conflict_calendar=False
    )  # not selected, so nothing is asked of iCloud
    CalendarConfiguration.objects.filter(user=anna).update(linked_calendar=calendar)
    ServiceFactory(slug="talk", staff=[anna], minutes=30, buffer_before_minutes=5, buffer_after_minutes=10)
    done = racers.race(act_at_random, [seed * 1000 + number for number in range(RACERS)])
    live = list(Booking.objects.live().select_related("claim").order_by("claim__start"))
    assert [(one, next_one) for one, next_one in pairwise(live) if one.blocked_span[1] > next_one.blocked_span[0]] == []
    made, cancelled = (sum(one[verb] for one in done) for verb in ("booked", "cancelled"))
    assert made == Booking.objects.count() > 0
    assert len(live) >= made - cancelled
    wanted = LinkedEvent.objects.filter(wanted=LinkedEvent.Wanted.PRESENT)
    assert sorted(wanted.values_list("booking", flat=True)) == sorted(one.pk for one in live)


def test_twenty_processes_booking_one_new_person_make_one_client(racers: Racers, anna: User) -> None:
    staff = [UserFactory(username=f"staff{number}") for number in range(RACERS)]
    for user in staff:
        office_hours(user)
    ServiceFactory(slug="talk", staff=staff)
    names = ["Clara Öz", "CLARA O\u0308Z", "clara  öz", "Clara\u200b Öz"]
    commands = [
        [*book(monday(10), 0), "--staff", user.username, "--name", names[number % 4], "--email", "clara@example.org"]
        for number, user in enumerate(staff)
    ]
    assert codes(racers.race(command, commands)) == [0] * RACERS
    assert (Client.objects.count(), Booking.objects.count()) == (1, RACERS)

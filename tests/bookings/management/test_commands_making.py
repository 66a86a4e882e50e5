"""Commands that set things up: create_service and configure_calendars."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bookings.models import LinkedEvent, Service
from connections.models import Calendar, CalendarConfiguration
from practice.models import User
from tests.factories import START, BookingFactory, CalendarFactory, ConnectionFactory, FeedFactory, UserFactory
from tests.shell import Answer, ask, refusal, shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> User:
    return UserFactory(username="anna", configuration__saved_at=None)


# --- create_service ---------------------------------------------------------------------------------------

TALK = ("--slug", "talk", "--name", "Talk", "--minutes", "50")


def test_a_service_is_made_with_sane_defaults(anna: User) -> None:
    assert ask("create_service", *TALK, "--user", "anna") == Answer(
        0, {"service": "talk", "name": "Talk", "minutes": 50, "staff": ["anna"]}
    )
    service = Service.objects.get()
    assert (service.slot_minutes, service.buffer_before_minutes, service.buffer_after_minutes) == (15, 0, 0)
    assert (service.notice_minutes, service.horizon_days, service.visibility) == (60, 400, "staff")
    assert list(service.staff.all()) == [anna]


def test_every_option_of_a_service_is_kept(anna: User) -> None:
    times = ("--slot-minutes", 20, "--buffer-before", 5, "--buffer-after", 10)
    limits = "--max-per-day", 4, "--max-per-week", 12, "--approval-hours", 24
    assert ask("create_service", *TALK, "--user", "anna", *times, "--notice", 0, "--horizon", 90, *limits).code == 0
    service = Service.objects.get()
    assert (service.slot_minutes, service.buffer_before_minutes, service.buffer_after_minutes) == (20, 5, 10)
    assert (service.notice_minutes, service.horizon_days, service.approval_hours) == (0, 90, 24)
    assert (service.max_per_day, service.max_per_week) == (4, 12)
    assert (service.series_allowed, service.max_in_series) == (False, 12)


def test_clients_can_book_series_of_so_many_appointments(anna: User) -> None:
    assert ask("create_service", *TALK, "--user", "anna", "--series", 6).code == 0
    service = Service.objects.get()
    assert (service.series_allowed, service.max_in_series) == (True, 6)
    assert ask("create_service", "--slug", "other", *TALK[2:], "--user", "anna", "--series", 53).code == 2


def test_a_public_service_is_listed_for_clients_and_another_is_not(anna: User) -> None:
    ask("create_service", *TALK, "--user", "anna", "--public")
    ask("create_service", "--slug", "advice", "--name", "Advice", "--minutes", "50", "--user", "anna")
    assert [service.slug for service in Service.objects.listed()] == ["talk"]


def test_a_service_says_who_gets_how_much_of_first_available(anna: User) -> None:
    ben = UserFactory(username="ben")
    made = ask("create_service", *TALK, "--user", "anna", "ben", "--weight", "ben=3", "--previous-person-first")
    assert made == Answer(0, {"service": "talk", "name": "Talk", "minutes": 50, "staff": ["anna", "ben"]})
    service = Service.objects.get()
    assert (service.weights(), service.previous_person_first) == ({anna.pk: 1, ben.pk: 3}, True)


@pytest.mark.parametrize("weight", ["anna", "anna=0", "anna=101", "anna=half", "ben=2", "=2"])
def test_a_weight_of_nobody_or_of_no_size_is_refused(anna: User, weight: str) -> None:
    answer = ask("create_service", *TALK, "--user", "anna", "--weight", weight)
    words = f"“{weight}” is no weight. Write USER=N, with one of the --user and a number from 1 to 100."
    assert (answer.code, answer.json["error"], Service.objects.count()) == (2, words, 0)


@pytest.mark.parametrize("users", [("--user", "anna", "ben"), ("--user", "anna", "--user", "ben")])
def test_several_staff_offer_it(anna: User, users: tuple[str, ...]) -> None:
    UserFactory(username="ben")
    assert ask("create_service", *TALK, *users).json["staff"] == ["anna", "ben"]
    assert sorted(Service.objects.get().staff.values_list("username", flat=True)) == ["anna", "ben"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--user", "nobody"), "There is no user “nobody”."),
        (("--user", "anna", "--minutes", "0"), "minutes: Enter at least 1."),
        (
            ("--user", "anna", "--slug", "no blanks"),
            "slug: Enter a valid “slug” consisting of letters, numbers, underscores or hyphens.",
        ),
        (("--user", "anna", "--name", ""), "name: This field cannot be blank."),
        (
            ("--user", "anna", "--buffer-after", "-5"),
            "buffer_after_minutes: Ensure this value is greater than or equal to 0.",
        ),
        (
            ("--user", "anna", "--minutes", "99999999999999"),
            "minutes: Enter at most 10080 minutes (one week).",
        ),
        (
            ("--user", "anna", "--slot-minutes", "1441", "--buffer-before", "1441"),
            "slot_minutes: Enter at most 1440 minutes (one day). "
            "buffer_before_minutes: Enter at most 1440 minutes (one day).",
        ),
        (
            ("--user", "anna", "--notice", "525601"),
            "notice_minutes: Enter at most 525600 minutes (one year).",
        ),
        (
            ("--user", "anna", "--max-per-day", "0"),
            "max_per_day: Enter at least 1, or nothing for no limit.",
        ),
        (
            ("--user", "anna", "--horizon", "401"),
            "horizon_days: Enter at most 400 days: Kalends does not look further ahead.",
        ),
    ],
)
def test_what_cannot_be_a_service_is_refused(anna: User, options: tuple[str, ...], sentence: str) -> None:
    assert ask("create_service", *TALK, *options) == refusal(sentence)
    assert Service.objects.count() == 0


def test_a_second_service_of_the_same_address_is_refused(anna: User) -> None:
    ask("create_service", *TALK, "--user", "anna")
    assert ask("create_service", *TALK, "--user", "anna") == refusal(
        "There is already a service with the address “talk”; choose another --slug."
    )


def test_for_people_a_service_is_a_sentence(anna: User) -> None:
    made = shown("create_service", *TALK, "--user", "anna")
    assert made == "“Talk” can be booked, 50 minutes each.\n"


# --- configure_calendars ----------------------------------------------------------------------------------


@pytest.fixture
def calendars(anna: User) -> dict[str, Calendar]:
    """Two accounts: Home, Work and a read-only Team in the first, another Work in the second."""
    first, second = ConnectionFactory(user=anna), ConnectionFactory(user=anna)
    made = [
        CalendarFactory(connection=first, name="Home", path="/1/home/", is_conflict_calendar=False),
        CalendarFactory(connection=first, name="Work", path="/1/work/", is_conflict_calendar=False),
        CalendarFactory(connection=first, name="Team", path="/1/team/", is_conflict_calendar=False, writable=False),
        CalendarFactory(connection=second, name="Work", path="/2/work/", is_conflict_calendar=False),
    ]
    return {calendar.path: calendar for calendar in made}


NO_CALENDARS = "anna has no calendars yet, so there is no “%s”. Connect an account first: connect_icloud."


def configure(linked: str, *conflicts: str) -> Answer:
    return ask("configure_calendars", "--user", "anna", "--linked", linked, "--conflict", *conflicts)


def chosen(user: User) -> tuple[str | None, list[str]]:
    configuration = CalendarConfiguration.objects.get(user=user)
    linked = configuration.linked_calendar
    return linked.path if linked else None, [row.path for row in Calendar.objects.conflict_calendars().of(user)]


def test_calendars_are_chosen_by_name_or_path(anna: User, calendars: dict[str, Calendar]) -> None:
    answer = configure("Home", "Team", "/2/work/")
    assert answer == Answer(
        0, {"linked": "/1/home/", "conflict": ["/1/home/", "/1/team/", "/2/work/"], "bookings_added": 0}
    )
    assert chosen(anna) == ("/1/home/", ["/1/home/", "/1/team/", "/2/work/"])
    assert CalendarConfiguration.objects.get(user=anna).saved_at is not None


@pytest.mark.parametrize(
    "path", ["/4/anna@example.com/work", "/4/anna%40example.com/work/", "/4//anna@example.com/work/"]
)
def test_a_path_is_known_in_any_spelling(anna: User, calendars: dict[str, Calendar], path: str) -> None:
    CalendarFactory(connection=calendars["/2/work/"].connection, name="Work", path="/4/anna@example.com/work/")
    assert configure(path).json["linked"] == "/4/anna@example.com/work/"


def test_the_whole_choice_is_replaced_but_what_was_linked_stays_a_conflict_calendar(
    anna: User, calendars: dict[str, Calendar]
) -> None:
    configure("Home", "Team")
    assert configure("/1/work/").json["conflict"] == ["/1/home/", "/1/work/"]
    assert configure("none", "Team").json == {"linked": None, "conflict": ["/1/team/"], "bookings_added": 0}


def test_linked_none_keeps_bookings_in_kalends(anna: User, calendars: dict[str, Calendar]) -> None:
    assert configure("none") == Answer(0, {"linked": None, "conflict": [], "bookings_added": 0})
    assert chosen(anna) == (None, [])


def test_conflict_may_be_repeated(anna: User, calendars: dict[str, Calendar]) -> None:
    repeated = ("--conflict", "Home", "--conflict", "Team", "/2/work/")
    answer = ask("configure_calendars", "--user", "anna", "--linked", "none", *repeated)
    assert answer.json["conflict"] == ["/1/home/", "/1/team/", "/2/work/"]


@pytest.mark.parametrize(("linked", "conflict"), [("Work", "Home"), ("Home", "Work")])
def test_an_ambiguous_name_is_refused_with_the_paths(
    anna: User, calendars: dict[str, Calendar], linked: str, conflict: str
) -> None:
    sentence = "Several calendars are called “Work”. Give the path: /1/work/, /2/work/"
    assert configure(linked, conflict) == refusal(sentence)
    assert chosen(anna) == (None, [])


def test_an_unknown_name_is_refused_with_the_names_there_are(anna: User, calendars: dict[str, Calendar]) -> None:
    sentence = "There is no calendar “Kids”. There are: Home, Work (/1/work/), Team, Work (/2/work/)"
    assert configure("Kids") == refusal(sentence)
    assert configure("none", "Kids") == refusal(sentence)


def test_without_any_calendar_the_sentence_says_so(anna: User) -> None:
    assert configure("Home") == refusal(NO_CALENDARS % "Home")


def test_a_calendar_of_somebody_else_does_not_exist(anna: User) -> None:
    CalendarFactory(name="Ben’s", path="/3/ben/")
    assert configure("/3/ben/") == refusal(NO_CALENDARS % "/3/ben/")


def test_a_read_only_calendar_cannot_be_linked(anna: User, calendars: dict[str, Calendar]) -> None:
    assert configure("Team", "Home") == refusal(
        "“Team” is read-only for you, so bookings cannot be added to it. Choose a calendar with writer’s access, or "
        "let it only block."
    )
    assert chosen(anna) == (None, [])


def test_a_calendar_by_web_address_can_block_and_is_never_linked(anna: User, calendars: dict[str, Calendar]) -> None:
    FeedFactory(connection__user=anna, name="Club", is_conflict_calendar=False)
    assert configure("Club") == refusal(
        "“Club” is read-only for you, so bookings cannot be added to it. Choose a calendar with writer’s access, or "
        "let it only block."
    )
    assert configure("Home", "Club").json["linked"] == "/1/home/"
    assert chosen(anna) == ("/1/home/", ["/1/home/", "/"])


def test_calendars_with_the_same_path_at_two_servers_are_told_apart_by_their_addresses(
    anna: User, calendars: dict[str, Calendar]
) -> None:
    for url in ("https://a.example/dav/", "https://b.example:8443/dav/"):
        CalendarFactory(connection__user=anna, connection__url=url, name="Personal", path="/dav/anna/personal/")
    addresses = "https://a.example/dav/anna/personal/, https://b.example:8443/dav/anna/personal/"
    for given in ("Personal", "/dav/anna/personal/"):
        sentence = f"Several calendars are called “{given}”. Give the path: {addresses}"
        assert configure(given) == refusal(sentence)
    assert configure("none", "https://B.example:8443/dav/anna/personal").json["conflict"] == ["/dav/anna/personal/"]
    blocking = Calendar.objects.conflict_calendars().of(anna).values_list("connection__url", flat=True)
    assert list(blocking) == ["https://b.example:8443/dav/"]


def test_calendars_by_web_address_are_told_apart_by_what_is_no_secret(
    anna: User, calendars: dict[str, Calendar]
) -> None:
    for number in ("0000000a", "0000000b"):
        username = f"club.example…{number}"
        FeedFactory(connection__user=anna, connection__username=username, name="Club", is_conflict_calendar=False)
    assert configure("Home", "Club") == refusal(
        "Several calendars are called “Club”. Give the path: club.example…0000000a, club.example…0000000b"
    )
    assert configure("none", "/") == refusal(
        "There is no calendar “/”. There are: Home, Work (/1/work/), Team, Work (/2/work/), "
        "Club (club.example…0000000a), Club (club.example…0000000b)"
    )
    assert configure("none", "club.example…0000000b").json["conflict"] == ["club.example…0000000b"]


def test_a_calendar_that_is_gone_is_not_offered(anna: User, calendars: dict[str, Calendar]) -> None:
    Calendar.objects.filter(path="/2/work/").update(gone_at=START)
    assert configure("Work").json["linked"] == "/1/work/"


def test_upcoming_bookings_are_added_on_the_first_linking_only(anna: User, calendars: dict[str, Calendar]) -> None:
    BookingFactory(staff=anna)
    BookingFactory(staff=anna, start=START - timedelta(days=10))
    assert configure("Home").json["bookings_added"] == 1
    assert [row.calendar_path for row in LinkedEvent.objects.all()] == ["/1/home/"]
    assert configure("/1/work/").json["bookings_added"] == 0


def test_for_people_the_choice_is_repeated(anna: User, calendars: dict[str, Calendar]) -> None:
    said = shown("configure_calendars", "--user", "anna", "--linked", "none", "--conflict", "Team")
    assert said == "Linked calendar: none\nConflict calendars: /1/team/\n"

"""The demo's page: signing in with one click, and buttons for what happens at Apple."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import requests
import time_machine
from django.core.mail import send_mail
from django.db.models import F
from django.test import Client
from django.urls import clear_url_caches
from django.utils import timezone

from bookings import actions
from bookings.models import Booking, BookingChange, LinkedEvent, Service
from bookings.openings.search import find as find_openings
from bookings.push import outbox
from connections.feeds import is_own_address
from connections.models import Connection
from connections.sync.run import sync_connection
from practice.models import User
from sandbox.demo import calendars, people, practice
from sandbox.device.agenda import displayed_events
from sandbox.device.device import AppleDevice
from sandbox.pages.app import serve_pages
from sandbox.server.server import Sandbox
from tests.factories import NOW, BlockedSlotFactory
from tests.pages import find, links, texts

pytestmark = [pytest.mark.django_db, pytest.mark.today, pytest.mark.urls("tests.sandbox.demo.demo_urls")]
with_staff = pytest.mark.usefixtures("staff_members")
with_practice = pytest.mark.usefixtures("sample_practice")
with_practice_on_a_saturday = pytest.mark.usefixtures("saturday", "sample_practice")

HTMX = {"HX-Request": "true"}


@pytest.fixture
def client() -> Client:
    """A browser without a session."""
    return Client()


@pytest.fixture
def staff_members(settings, icloud: Sandbox) -> None:
    """The three staff members and their iPhones, without connections."""
    settings.ICLOUD_CALDAV_URL = icloud.entry_url
    settings.DEMO_APPLE_URL = serve_pages(icloud)
    calendars.open_accounts(icloud, timezone.now().date())
    for person in people.PEOPLE:
        practice.create_staff_member(person)


@pytest.fixture
def saturday() -> Iterator[None]:
    """A Saturday on which the hours after Mara's next bookings are taken."""
    with time_machine.travel(datetime(2026, 11, 28, 4, 0, tzinfo=UTC)):
        yield


@pytest.fixture
def sample_practice(settings, icloud: Sandbox) -> None:
    """The whole practice, created now."""
    settings.ICLOUD_CALDAV_URL = icloud.entry_url
    settings.DEMO_APPLE_URL = serve_pages(icloud)
    practice.create_practice(icloud, now=timezone.now())


def signed_in(client: Client, username: str) -> Client:
    client.post(f"/demo/sign-in/{username}/")
    return client


def look(client: Client):
    return client.get("/demo/")


def open_at(client: Client, day: datetime) -> list[str | None]:
    """What the frames of the page show at that time."""
    with time_machine.travel(day, tick=False):
        return [frame.get("src") for frame in find(look(client), "//iframe")]


@pytest.mark.parametrize("day", range(5))
@with_staff
def test_nobody_is_signed_in_at_first_and_both_sides_of_mara_open_on_today(
    client: Client, icloud: Sandbox, day: int
) -> None:
    mara = icloud.account("mara.winter@icloud.com")
    monday = datetime(2026, 11, 30, 9, tzinfo=UTC)
    assert open_at(client, monday + timedelta(days=day)) == [
        f"{icloud.apple_url}iphone/{mara.dsid}/",
        "/calendars/",
        "/book/with/mara-winter/",
    ]
    assert texts(look(client), "//button[@class='person']//span[@class='person__name']") == [
        "Sign in as Mara",
        "Sign in as Jonas",
        "Sign in as Lea",
    ]
    assert texts(look(client), "//button[@aria-current]") == []


@pytest.mark.parametrize("hour", [datetime(2026, 12, 4, 23, 30, tzinfo=UTC), datetime(2026, 12, 6, 22, 30, tzinfo=UTC)])
@with_staff
def test_at_the_weekend_in_berlin_both_sides_open_on_the_coming_monday(
    client: Client, icloud: Sandbox, hour: datetime
) -> None:
    mara = icloud.account("mara.winter@icloud.com")
    assert open_at(client, hour)[:2] == [
        f"{icloud.apple_url}iphone/{mara.dsid}/?day=2026-12-07",
        "/calendars/?week=2026-W50",
    ]


@with_practice_on_a_saturday
def test_who_is_signed_in_and_connected_has_six_things_to_try(client: Client, icloud: Sandbox) -> None:
    things = "//ol[@class='bar__things']"
    assert find(look(client), things) == []
    assert find(look(signed_in(client, "lea")), things) == []
    page = look(signed_in(client, "mara"))
    mara = icloud.account("mara.winter@icloud.com")
    assert links(page, f"{things}//a") == [
        ("Book as a client", "/book/with/mara-winter/"),
        ("Add an event to the iPhone", f"{icloud.apple_url}iphone/{mara.dsid}/new/?day=2026-11-30"),
        ("Add a calendar by web address", "/calendars/settings/connections/new/ics/"),
    ]
    assert texts(page, f"{things}//button") == ["Drag a booking", "Mara is ill tomorrow", "Take iCloud down"]
    pressed = [button.get("form") for button in find(page, f"{things}//button[@form]")]
    actions = [form.get("action") for name in pressed for form in find(page, f"//form[@id='{name}']")]
    assert actions == ["/demo/drag/", "/demo/down/"]


@with_practice
def test_while_icloud_is_down_it_can_be_brought_back(client: Client) -> None:
    signed_in(client, "mara").post("/demo/down/")
    assert texts(look(client), "//button[@id='try-down']") == ["Bring iCloud back"]


@with_practice_on_a_saturday
def test_at_the_weekend_mara_has_bookings_tomorrow_too(client: Client) -> None:
    sunday = timezone.now().date() + timedelta(days=1)
    booked = Booking.objects.filter(staff__username="mara", start__date=sunday)
    assert (sunday.weekday(), booked.count()) == (6, 2)


@with_staff
def test_the_page_around_kalends_is_in_english_whatever_the_browser_asks_for(client: Client) -> None:
    page = client.get("/demo/", headers={"Accept-Language": "de"})
    assert texts(page, "//nav[@class='jumps']/a") == ["iPhone", "Kalends", "Client"]


@with_staff
def test_only_the_demos_page_may_frame_the_iphone(client: Client) -> None:
    assert "frame-src 'self'" in look(client).headers["Content-Security-Policy"]
    assert "frame-src" not in client.get("/accounts/login/").headers["Content-Security-Policy"]


@with_staff
def test_the_clients_phone_shows_the_booking_page_of_who_is_signed_in(client: Client) -> None:
    User.objects.filter(username="jonas").update(slug="jonas")
    page = look(signed_in(client, "jonas"))
    assert [frame.get("src") for frame in find(page, "//iframe[@name='client']")] == ["/book/with/jonas/"]
    assert links(page, "//a[@id='book-again']") == [("Begin again", "/book/with/jonas/")]


@pytest.mark.parametrize(
    ("username", "words"),
    [
        ("mara", "Book on the client’s phone: it appears on the iPhone and in the week."),
        ("lea", "Book on the client’s phone: it appears in the week, and on the iPhone once iCloud is connected."),
    ],
)
@with_practice
def test_visitors_read_what_to_try_on_the_clients_phone(client: Client, username: str, words: str) -> None:
    page = look(signed_in(client, username))
    assert texts(page, "//p[@class='bar__guide']") == [words]
    assert find(page, "//*[@id='last-visit']") == []


@pytest.mark.parametrize("username", ["mara", "jonas", "lea"])
@with_staff
def test_one_click_signs_in(client: Client, username: str) -> None:
    answer = client.post(f"/demo/sign-in/{username}/")
    assert (answer.status_code, answer["Location"]) == (302, "/demo/")
    assert client.get("/calendars/").context["user"].username == username


@with_staff
def test_nobody_else_can_be_signed_in(client: Client) -> None:
    User.objects.create_superuser("root")
    assert client.post("/demo/sign-in/root/").status_code == 404
    assert client.get("/demo/sign-in/mara/").status_code == 405
    assert client.get("/calendars/").status_code == 302


def test_signing_in_needs_the_pages_own_form() -> None:
    assert Client(enforce_csrf_checks=True).post("/demo/sign-in/mara/").status_code == 403


@pytest.mark.urls("config.urls")
def test_without_the_setting_there_is_no_demo(client: Client) -> None:
    clear_url_caches()
    assert client.get("/demo/").status_code == 404
    assert client.post("/demo/sign-in/mara/").status_code == 404


@with_staff
def test_every_apple_id_of_hers_has_its_iphone_and_its_passwords(client: Client, icloud: Sandbox) -> None:
    page = look(signed_in(client, "mara"))
    home, second = (icloud.account(f"{name}.winter@icloud.com").dsid for name in ("mara", "praxis"))
    assert links(page, "//span[@class='bar__phone']/a") == [
        ("mara.winter@icloud.com", f"{icloud.apple_url}iphone/{home}/"),
        ("Passwords", f"{icloud.apple_url}account/{home}/"),
        ("praxis.winter@icloud.com", f"{icloud.apple_url}iphone/{second}/"),
        ("Passwords", f"{icloud.apple_url}account/{second}/"),
    ]


@with_staff
def test_who_has_no_icloud_yet_is_shown_the_two_steps(client: Client, icloud: Sandbox) -> None:
    page = look(signed_in(client, "lea"))
    dsid = icloud.account("lea.brandt@icloud.com").dsid
    assert links(page, "//ol/li/a") == [
        ("Make an app-specific password", f"{icloud.apple_url}account/{dsid}/"),
        ("Connect iCloud", "/calendars/settings/connections/new/icloud/"),
    ]
    assert texts(page, "//button[@disabled]") == ["Drag the next booking", "Revoke the password"]


def follow(username: str) -> None:
    """Let Kalends read what happened on the iPhone."""
    for connection in Connection.objects.filter(user__username=username):
        sync_connection(connection.pk, now=timezone.now())


def next_booking(username: str) -> Booking:
    return Booking.objects.filter(staff__username=username, start__gt=timezone.now()).earliest("start")


def berlin(moment: datetime) -> str:
    return f"{moment.astimezone(ZoneInfo('Europe/Berlin')):%a %-d %b %Y, %H:%M}"


@with_practice_on_a_saturday
def test_dragging_moves_the_next_booking_to_an_open_hour_and_kalends_follows(client: Client) -> None:
    signed_in(client, "mara")
    moves = []
    for _press in range(3):
        booking = next_booking("mara")
        answer = client.post("/demo/drag/", headers=HTMX)
        follow("mara")
        moved = Booking.objects.get(pk=booking.pk)
        words = f"On the iPhone, {booking} begins on {berlin(moved.start)} now. Kalends follows within seconds."
        assert texts(answer, "//*[@id='said']") == [words]
        moves.append((berlin(booking.start), berlin(moved.start)))
    assert moves == [
        ("Sun 29 Nov 2026, 15:30", "Mon 30 Nov 2026, 09:00"),
        ("Sun 29 Nov 2026, 16:30", "Mon 30 Nov 2026, 15:00"),
        ("Mon 30 Nov 2026, 09:00", "Tue 1 Dec 2026, 10:30"),
    ]


@with_practice
def test_who_is_ill_tomorrow_has_the_event_on_the_iphone(client: Client, icloud: Sandbox) -> None:
    answer = signed_in(client, "mara").post("/demo/ill/", headers=HTMX)
    account = icloud.account("mara.winter@icloud.com")
    zone = AppleDevice(account).zone
    tomorrow = icloud.clock.now().astimezone(zone).date() + timedelta(days=1)
    shown = [one.title for one in displayed_events(account, tomorrow, 1, zone) if one.all_day and not one.free]
    assert shown == ["Ill"]
    assert texts(answer, "//*[@id='said']")[0].startswith("On the iPhone, Mara is ill on ")


@with_practice_on_a_saturday
def test_a_second_press_drags_on_although_kalends_has_not_followed_yet(client: Client) -> None:
    signed_in(client, "mara").post("/demo/drag/", headers=HTMX)
    client.post("/demo/drag/", headers=HTMX)
    follow("mara")
    moves = BookingChange.objects.filter(kind=BookingChange.Kind.MOVED).values_list("source", flat=True)
    assert list(moves) == [BookingChange.Source.PHONE, BookingChange.Source.PHONE]


@with_practice_on_a_saturday
def test_an_hour_that_only_the_iphone_knows_to_be_taken_is_not_dragged_to(client: Client, icloud: Sandbox) -> None:
    booking = next_booking("mara")
    mara = icloud.account("mara.winter@icloud.com")
    AppleDevice(mara).add(mara.calendar("Home"), "Errands", booking.start, booking.start + timedelta(days=2))
    answer = signed_in(client, "mara").post("/demo/drag/", headers=HTMX)
    follow("mara")
    moved = Booking.objects.get(pk=booking.pk)
    words = f"On the iPhone, {booking} begins on Tue 1 Dec 2026, 15:30 now. Kalends follows within seconds."
    assert (texts(answer, "//*[@id='said']"), berlin(moved.start)) == ([words], "Tue 1 Dec 2026, 15:30")


@with_practice_on_a_saturday
def test_where_no_hour_is_open_nothing_is_dragged(client: Client, icloud: Sandbox) -> None:
    booking, account = next_booking("mara"), icloud.account("mara.winter@icloud.com")
    BlockedSlotFactory(user=booking.staff, start=booking.start, end=booking.start + timedelta(days=16))
    before = account.revision
    answer = signed_in(client, "mara").post("/demo/drag/", headers=HTMX)
    words = f"{booking} was not dragged: no later hour is open in the next two weeks."
    assert (texts(answer, "//*[@id='said']"), account.revision) == ([words], before)


def book_massage(username: str, now: datetime) -> Booking:
    """What the client's phone does: hold the earliest time, and book it."""
    service, user = Service.objects.get(slug="massage"), User.objects.get(username=username)
    start = find_openings(service, [user], now, now + timedelta(days=7), now=now).openings[0].start
    visitor = actions.Visitor("a-visitor-of-the-demo", "127.0.0.1", "en", "")
    held = actions.hold(service=service, staff=user, start=start, visitor=visitor, now=now)
    clara = actions.ClientDetails("Clara Neu", "clara.neu@example.org", "")
    return actions.book(service=service, staff=user, start=start, client=clara, now=now, hold=held)


@with_practice_on_a_saturday
def test_what_a_client_booked_is_shown_with_the_ways_to_see_it(client: Client, icloud: Sandbox) -> None:
    booking = book_massage("mara", timezone.now())
    signed_in(client, "mara")
    words = "Clara Neu has booked Massage on Sat 28 Nov 2026, 11:30. See it in the week"
    week = ("in the week", "/calendars/?week=2026-W48#day-2026-11-28")
    page = look(client)
    assert (texts(page, "//*[@id='last-visit']"), links(page, "//*[@id='last-visit']/a")) == ([f"{words}."], [week])
    outbox.push_due(timezone.now())
    page = look(client)
    iphone = f"{icloud.apple_url}iphone/{icloud.account('mara.winter@icloud.com').dsid}/"
    assert texts(page, "//*[@id='last-visit']") == [f"{words} and on the iPhone."]
    uid = LinkedEvent.objects.get(booking=booking, state=LinkedEvent.State.PUSHED).uid
    on_iphone = ("on the iPhone", f"{iphone}?day=2026-11-28#d2026-11-28-{uid}")
    assert links(page, "//*[@id='last-visit']/a") == [week, on_iphone]
    assert texts(client.get(week[1]), "//*[@id='day-2026-11-28']") != []
    actions.cancel(booking, now=timezone.now(), source=BookingChange.Source.CLIENT)
    assert find(look(client), "//*[@id='last-visit']") == []


@with_practice_on_a_saturday
def test_without_icloud_the_visit_is_in_the_week_only(client: Client) -> None:
    book_massage("lea", timezone.now())
    outbox.push_due(timezone.now())
    week = ("in the week", "/calendars/?week=2026-W49#day-2026-11-30")
    assert links(look(signed_in(client, "lea")), "//*[@id='last-visit']/a") == [week]


@with_practice
def test_with_nothing_on_the_iphone_there_is_nothing_to_drag(client: Client) -> None:
    LinkedEvent.objects.all().delete()
    answer = signed_in(client, "jonas").post("/demo/drag/", headers=HTMX)
    assert "No booking of Jonas stands on an iPhone yet." in answer.content.decode()


@with_practice
def test_revoking_lets_kalends_ask_for_a_person(client: Client, icloud: Sandbox) -> None:
    signed_in(client, "jonas")
    client.post("/demo/revoke/", headers=HTMX)
    assert icloud.account("jonas.field@icloud.com").app_passwords == []
    connection = Connection.objects.get(username="jonas.field@icloud.com")
    sync_connection(connection.pk, now=datetime.now(UTC))
    page = look(client)
    assert "Kalends cannot sign in to iCloud for Jonas any more." in page.content.decode()
    reconnect = f"/calendars/settings/connections/{connection.pk}/reconnect/"
    assert links(page, "//a[@id='reconnect']") == [("reconnect", reconnect)]
    assert texts(page, "//button[@disabled]") == ["Revoke the password"]


@with_practice
def test_icloud_goes_down_and_comes_back(client: Client, icloud: Sandbox) -> None:
    signed_in(client, "mara")
    client.post("/demo/down/", headers=HTMX)
    assert icloud.is_down is True
    assert texts(look(client), "//button[@aria-pressed='true']") == ["iCloud is down"]
    Connection.objects.update(next_sync_at=timezone.now() + timedelta(hours=1), not_before=timezone.now())
    client.post("/demo/down/", headers=HTMX)
    assert icloud.is_down is False
    assert Connection.objects.due(timezone.now()).count() == 3


@with_practice
def test_what_waited_while_icloud_was_down_is_sent_as_soon_as_it_answers(client: Client) -> None:
    signed_in(client, "mara")
    mara = User.objects.get(username="mara")
    placement = LinkedEvent.objects.filter(booking__staff=mara, state=LinkedEvent.State.PUSHED).earliest("pk")
    client.post("/demo/down/", headers=HTMX)
    Booking.objects.filter(pk=placement.booking_id).update(revision=F("revision") + 1)
    outbox.push_due(timezone.now())
    placement.refresh_from_db()
    assert (placement.state, placement.next_try_at > timezone.now()) == (LinkedEvent.State.RETRYING, True)
    client.post("/demo/down/", headers=HTMX)
    placement.refresh_from_db()
    assert (placement.state, placement.next_try_at) == (LinkedEvent.State.PUSHED, None)


@with_staff
def test_without_scripts_a_button_leads_back_to_the_page(client: Client) -> None:
    answer = signed_in(client, "mara").post("/demo/drag/")
    assert (answer.status_code, answer["Location"]) == (302, "/demo/")
    assert client.post("/demo/fly/").status_code == 404
    assert client.get("/demo/drag/").status_code == 405


@with_practice
def test_the_bar_is_left_alone_until_something_changes(client: Client, icloud: Sandbox) -> None:
    signed_in(client, "mara")
    (address,) = (element.get("hx-get") for element in find(look(client), "//header[@id='bar']"))
    assert client.get(address, headers=HTMX).status_code == 204
    icloud.down()
    fresh = client.get(address, headers=HTMX)
    assert fresh.status_code == 200
    (address,) = (element.get("hx-get") for element in find(fresh, "//header[@id='bar']"))
    assert client.get(address, headers=HTMX).status_code == 204


@with_practice
def test_a_calendar_to_add_by_web_address_is_named_and_is_there(client: Client) -> None:
    page = look(signed_in(client, "mara"))
    (address,) = texts(page, "//li/span/code")
    assert [element.get("href") for element in find(page, "//a[@id='try-feed']")] == [
        "/calendars/settings/connections/new/ics/"
    ]
    assert requests.get(address, timeout=5).content.startswith(b"BEGIN:VCALENDAR") is True
    assert is_own_address(address, "http://127.0.0.1:8000") is False  # which would be refused as a feed of Kalends


@with_staff
def test_mails_can_be_read_though_nobody_gets_them(client: Client, settings, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    with time_machine.travel(NOW, tick=False):
        send_mail("Booked: Massage", "Hello Zoë,\n\n<b>see you</b> soon.", "book@example.com", ["zoe@example.org"])
    page = signed_in(client, "mara").get("/demo/mails/")
    assert texts(page, "//article/h2") == ["Booked: Massage"]
    assert texts(page, "//article/p") == ["To zoe@example.org, Mon 30 Nov 2026, 09:00"]
    assert texts(page, "//nav//a[@aria-current]") == []
    assert texts(page, "//article/div/p") == ["Hello Zoë,", "<b>see you</b> soon."]
    assert texts(look(client), "//a[@id='mails']") == ["1 mail"]


@with_staff
def test_the_page_begins_anew_when_somebody_else_signs_in_inside_it(client: Client) -> None:
    signed_in(client, "mara")
    answer = client.get("/demo/bar/?as=jonas&seen=", headers=HTMX)
    assert answer.headers["HX-Refresh"] == "true"


@with_staff
def test_a_stand_in_that_does_not_answer_is_said(client: Client, settings) -> None:
    settings.DEMO_APPLE_URL = "http://127.0.0.1:9/"
    page = look(signed_in(client, "mara"))
    assert page.status_code == 200
    assert "The pretend iCloud does not answer." in page.content.decode()

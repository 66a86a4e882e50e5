"""The admin is for support: everything can be found, nothing private can be read, and two things can be done."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django_q.models import Schedule, Success
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from availability.models import BlockedSlot
from bookings.models import Booking, BookingChange, LinkedEvent, LinkRequest, Mail, MirroredSlot, Proposal, Service
from bookings.models import Client as Person
from connections.models import Calendar, CalendarConfiguration, Connection, Event, Occurrence, SyncRun
from practice.models import User
from tests.factories import (
    APP_PASSWORD,
    NOW,
    START,
    BlockedSlotFactory,
    BookingChangeFactory,
    BookingFactory,
    CalendarFactory,
    ClientFactory,
    ConnectionFactory,
    EventFactory,
    LinkedEventFactory,
    MailFactory,
    OccurrenceFactory,
    ProposalFactory,
    SyncRunFactory,
    UserFactory,
)
from tests.pages import find, texts

pytestmark = pytest.mark.django_db

TITLE = "Biopsy results"
LOOKED_AT = [CalendarConfiguration, Connection, Calendar, Event, Occurrence, SyncRun]
LOOKED_AT += [Booking, BookingChange, LinkedEvent, LinkRequest, Mail, MirroredSlot, Proposal]
ALL = [*LOOKED_AT, Person, Service]
ASKER = {"email": "asker@example.org", "recipient_key": "recipient-key", "address_key": "address-key"}


@pytest.fixture
def practice() -> Booking:
    """One row of everything, with a password and titles where the engine keeps them."""
    anna = UserFactory(username="anna", email="anna@practice.example")
    connection = ConnectionFactory(user=anna, username="anna@icloud.com", error_code="unauthorized")
    calendar = CalendarFactory(connection=connection, name="Work")
    event = EventFactory(calendar=calendar, summary=TITLE, text=TITLE.encode(), uid="FOREIGN-1", problem="unreadable")
    OccurrenceFactory(event=event, calendar=calendar, summary=TITLE)
    SyncRunFactory(connection=connection, error_code="unavailable")
    booking = BookingFactory(staff=anna, client=ClientFactory(name="Clara Winter", email="clara@example.org"))
    booking.service.staff.add(anna)
    BookingChangeFactory(booking=booking)
    MailFactory(seat=booking.seat)
    LinkRequest.objects.create(created_at=NOW, message_id="<asked@kalends.example>", **ASKER)
    placed = LinkedEventFactory(booking=booking, calendar=calendar, uid="OWN-1", agreed_text=TITLE.encode())
    ProposalFactory(booking=booking, linked_event=placed, reason=TITLE)
    slot = BlockedSlotFactory(user=anna, note=TITLE)
    MirroredSlot.objects.create(staff=anna, slot=slot, calendar=calendar, agreed_text=TITLE.encode())
    return booking


def address(model: type[Model], page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def found(client: Client, model: type[Model], query: str) -> int:
    """How many rows the list shows for a search."""
    response = client.get(address(model, "changelist"), {"q": query})
    return response.context["cl"].result_count


def test_every_model_of_both_apps_is_there() -> None:
    ours = {model for model in site._registry if model._meta.app_label in ("connections", "bookings")}
    assert ours == set(ALL)


@pytest.mark.parametrize("model", ALL)
def test_lists_and_pages_show_the_row_but_no_password_and_no_title(
    support: Client, practice: Booking, model: type[Model]
) -> None:
    row = model.objects.latest("pk")
    listed = support.get(address(model, "changelist"))
    shown = support.get(address(model, "change", row.pk))
    assert (listed.context["cl"].result_count, shown.status_code) == (1, 200)
    for page in (listed.content.decode(), shown.content.decode()):
        assert [secret for secret in (APP_PASSWORD, "abcd", TITLE, "Biopsy") if secret in page] == []


def test_there_was_something_that_could_have_been_shown(practice: Booking) -> None:
    event = Event.objects.get()
    kept = (Connection.objects.get().password, event.summary, bytes(event.text), Proposal.objects.get().reason)
    assert kept == (APP_PASSWORD, TITLE, TITLE.encode(), TITLE)


@pytest.mark.parametrize("model", ALL)
@pytest.mark.parametrize("secret", [TITLE, APP_PASSWORD])
def test_secrets_cannot_be_searched_for(support: Client, practice: Booking, model: type[Model], secret: str) -> None:
    assert found(support, model, secret) == 0


PROBES = [
    (Event, "summary__istartswith"),
    (Occurrence, "summary__icontains"),
    (Occurrence, "event__summary__icontains"),
    (Booking, "note__icontains"),
    (Booking, "linked_events__agreed_text__contains"),
    (LinkRequest, "email__startswith"),
    (Proposal, "reason__icontains"),
    (Connection, "password__startswith"),
    (Connection, "error_code__iregex"),
    (BlockedSlot, "note__icontains"),
    (User, "password__startswith"),
    (User, "email__startswith"),
]


@pytest.mark.parametrize(("model", "lookup"), PROBES)
def test_filters_answer_only_for_what_a_list_declares(support: Client, model: type[Model], lookup: str) -> None:
    assert support.get(address(model, "changelist"), {lookup: "B"}).status_code == 400


@pytest.mark.parametrize("model", [*ALL, BlockedSlot, User, Schedule, Success])
def test_the_filters_that_a_list_shows_work(support: Client, practice: Booking, model: type[Model]) -> None:
    page = support.get(address(model, "changelist"))
    asked = [link.get("href") for link in find(page, "//*[@id='changelist-filter']//a | //nav[@class='toplinks']//a")]
    assert {support.get(f"{address(model, 'changelist')}{one}").status_code for one in ["", *asked]} == {200}


def test_who_asked_for_links_is_neither_shown_nor_searched_for(support: Client, practice: Booking) -> None:
    row = LinkRequest.objects.get()
    pages = [support.get(address(LinkRequest, "changelist")), support.get(address(LinkRequest, "change", row.pk))]
    shown = [value for page in pages for value in ASKER.values() if value in page.content.decode()]
    assert (shown, [found(support, LinkRequest, value) for value in ASKER.values()]) == ([], [0, 0, 0])
    assert found(support, LinkRequest, row.message_id) == 1


@pytest.mark.parametrize("model", [one for one in ALL if one is not LinkRequest])
def test_everything_is_found_by_its_person(support: Client, practice: Booking, model: type[Model]) -> None:
    assert (found(support, model, "anna@practice"), found(support, model, "berta@practice")) == (1, 0)


@pytest.mark.parametrize("model", [Person, Booking, BookingChange, LinkedEvent, Proposal])
@pytest.mark.parametrize("query", ["Clara", "clara@example.org", "OWN-1"])
def test_bookings_are_found_by_client_and_event(
    support: Client, practice: Booking, model: type[Model], query: str
) -> None:
    assert found(support, model, query) == 1


@pytest.mark.parametrize("model", [Person, Booking, BookingChange, LinkedEvent, Proposal, Mail])
@pytest.mark.parametrize("query", ["öztürk", "ÖZTÜRK", "o\u0308ztu\u0308rk", "öz türk", "max@maßanfertigung.example"])
def test_clients_are_found_however_their_names_and_addresses_are_written(
    support: Client, practice: Booking, model: type[Model], query: str
) -> None:
    seat = practice.seat
    seat.client.name, seat.client.email = "Öztürk", "max@maßanfertigung.example"
    seat.client.save()
    assert (found(support, model, query), found(support, model, f"{query} berta")) == (1, 0)


@pytest.mark.parametrize("model", LOOKED_AT)
def test_what_the_engine_writes_is_only_looked_at(support: Client, practice: Booking, model: type[Model]) -> None:
    row = model.objects.latest("pk")
    answers = [
        support.get(address(model, "add")).status_code,
        support.post(address(model, "change", row.pk), {}).status_code,
        support.post(address(model, "delete", row.pk), {"post": "yes"}).status_code,
    ]
    assert answers == [403, 403, 403]


def test_clients_are_erased_by_owners_and_not_deleted_here(support: Client, practice: Booking) -> None:
    clara = practice.seat.client
    page = support.get(address(Person, "change", clara.pk))
    assert texts(page, "//div[contains(@class, 'field-erasing')]//*[contains(@class, 'readonly')]") == [
        "Clients are not deleted here, because their events would keep the name. An owner erases them: "
        f"/clients/{clara.pk}/"
    ]
    assert find(page, "//a[contains(@class, 'deletelink')]") == []
    marked = {"action": "delete_selected", "_selected_action": [clara.pk], "post": "yes"}
    answers = [
        support.post(address(Person, "delete", clara.pk), {"post": "yes"}).status_code,
        support.post(address(Person, "changelist"), marked).status_code,
    ]
    assert (answers, Person.objects.filter(pk=clara.pk).exists()) == ([403, 200], True)


def test_errors_are_sentences(support: Client, practice: Booking) -> None:
    cells = texts(support.get(address(Connection, "changelist")), "//td[contains(@class, 'field-last_error')]")
    assert cells == [
        "Apple no longer accepts the app-specific password of ?. Make a new one at account.apple.com and reconnect."
    ]


def test_sync_now_queues_a_sync(
    support: Client, practice: Booking, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    connection = Connection.objects.get()
    with django_capture_on_commit_callbacks() as queued:
        response = support.post(
            address(Connection, "changelist"), {"action": "sync_now", "_selected_action": [connection.pk]}
        )
    said = [str(message) for message in get_messages(response.wsgi_request)]
    assert (said, [call.args for call in queued]) == (  # type: ignore[attr-defined]
        ["1 connection is synced now."],
        [("connections.tasks.sync_connection", connection.pk, False)],
    )


def test_somebody_who_may_only_look_cannot_sync(client: Client, practice: Booking) -> None:
    helper = UserFactory(is_staff=True)
    helper.user_permissions.add(Permission.objects.get(codename="view_connection"))
    client.force_login(helper)
    page = client.get(address(Connection, "changelist"))
    assert (page.status_code, b"sync_now" in page.content) == (200, False)


def test_push_again_pushes_what_is_selected(support: Client, practice: Booking) -> None:
    LinkedEvent.objects.update(calendar=None)  # nowhere to push to: the verb is called, no wire is touched
    response = support.post(
        address(LinkedEvent, "changelist"),
        {"action": "push_again", "_selected_action": list(LinkedEvent.objects.values_list("pk", flat=True))},
    )
    assert [str(message) for message in get_messages(response.wsgi_request)] == ["0 events were pushed."]


@pytest.mark.parametrize("model", ALL)
def test_lists_ask_as_often_for_thirty_rows_as_for_one(
    support: Client, model: type[Model], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    _whole_practice(0)
    support.get(address(model, "changelist"))
    with django_assert_max_num_queries(100) as before:
        support.get(address(model, "changelist"))
    for number in range(1, 30):
        _whole_practice(number)
    with django_assert_max_num_queries(len(before)):
        support.get(address(model, "changelist"))


def _whole_practice(number: int) -> None:
    occurrence = OccurrenceFactory()
    booking = BookingFactory(start=START + timedelta(days=number))
    LinkedEventFactory(booking=booking, calendar=occurrence.calendar)
    BookingChangeFactory(booking=booking, actor=booking.staff)
    ProposalFactory(booking=booking, decided_by=booking.staff, decided_at=NOW)
    LinkRequest.objects.create(created_at=NOW)
    SyncRunFactory(connection=occurrence.calendar.connection)
    MirroredSlot.objects.create(staff=booking.staff, slot=BlockedSlotFactory(user=booking.staff))

"""Every address and every method, asked by everybody: what the table of roles says holds wherever the pages ask it.

The addresses come from the resolver. One that has no row here fails, so that nobody forgets to say who may use it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.contrib.admin import site
from django.core import signing
from django.core.management import call_command
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django import Settings

from availability.models import Closure
from bookings import links
from bookings.models import Booking, Series
from bookings.notifications import move_mail
from bookings.notifications.mails import unsubscribe
from bookings.proposals import mail_links
from operations.tasks import heartbeat
from practice.account.email_change import SALT
from practice.models import Practice, Restore, User
from practice.setup.token import setup_address
from practice.team.invitations import invite
from practice.team.links import invitation_address
from tests.factories import (
    NOW,
    START,
    BlockedSlotFactory,
    BookingChangeFactory,
    BookingFactory,
    CalendarFactory,
    ClientFactory,
    CoveredDayFactory,
    DateOverrideFactory,
    EventFactory,
    HoldFactory,
    MailFactory,
    OccurrenceFactory,
    ProposalFactory,
    QuestionFactory,
    ServiceFactory,
    UserFactory,
    office_hours,
)

Values = dict[str, dict[str, Any]]
"""By the beginning of a route: what its parameters stand for. The longest beginning counts."""

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]

EVERYBODY = ("owner", "anna", "colleague", "front_desk", "support", "nobody", "stranger")
"""Who asks, in the order of the letters below. All that is asked about is Anna's. Nobody signs in without a role."""

SIGN_IN = "L"
LETTERS = {400: "B", 403: "F", 404: "H", 405: "M"}
"""What they get: B has sent too little, F is forbidden, H is hidden (404), L has to sign in, M has the wrong method, P
gets an answer."""

ALL = "PPPPPPP"
STAFF = "PPPPFFL"  # all with a role
ACCOUNT = "PPPPPFL"
NO_FACTOR = "HHHHHFL"  # of a second factor, which nobody has here
NOT_BEGUN = "PPPPPPL"  # whoever has not begun to sign in begins
CALENDAR = "PPPFFFL"  # each with their own calendar
ANNAS = "HPHFFFL"  # of her calendar, which nobody else reaches
HANDLED = "PPHPFFL"  # Anna's, and of those who handle everybody's
OWNERS = "PFFFFFL"
POST_ONLY = GET_ONLY = "MMMMMMM"
HIDDEN = "HHHHHHH"

# Address, with a query where it decides: what a GET gets, what a POST gets.
WALK = {
    "": (ALL, ALL),
    r"^brand/(?P<digits>[0-9a-f]{6})\.css$": (ALL, GET_ONLY),
    "accessibility/": (ALL, GET_ONLY),
    "account/": (ACCOUNT, ACCOUNT),
    "accounts/login/": (ALL, ALL),
    "accounts/logout/": (POST_ONLY, "LLLLLLL"),
    "accounts/password/change/": (ACCOUNT, ACCOUNT),
    "accounts/password/reset/": (ALL, ALL),
    "accounts/password/reset/complete/": (ALL, GET_ONLY),
    "accounts/password/reset/sent/": (ALL, GET_ONLY),
    "book/": (ALL, GET_ONLY),
    "book/<slug:slug>/": (ALL, ALL),
    "book/<slug:slug>/details/<str:public_id>/": (ALL, ALL),
    "book/<slug:slug>/details/<str:public_id>/extend/": (POST_ONLY, ALL),
    "book/<slug:slug>/details/<str:public_id>/release/": (POST_ONLY, ALL),
    "book/<slug:slug>/hold/": (ALL, ALL),
    "book/<slug:slug>/series/": (ALL, ALL),
    "book/with/<slug:slug>/": (ALL, GET_ONLY),
    "booking/<str:token>/": (ALL, GET_ONLY),
    "booking/<str:token>/calendar.ics": (ALL, GET_ONLY),
    "booking/<str:token>/cancel/": (ALL, ALL),
    "booking/<str:token>/confirm/<str:code>/": (ALL, ALL),
    "booking/<str:token>/following/": (ALL, ALL),
    "booking/<str:token>/reschedule/": (ALL, ALL),
    "booking/<str:token>/slip/": (ALL, GET_ONLY),
    "booking/find/": (ALL, ALL),
    "bookings/": (STAFF, STAFF),
    "bookings/<int:pk>/": (HANDLED, HANDLED),
    "bookings/<int:pk>/cancel/": (HANDLED, HANDLED),
    "bookings/<int:pk>/following/": (HANDLED, HANDLED),
    "bookings/<int:pk>/push/": (POST_ONLY, ANNAS),
    "bookings/<int:pk>/reschedule/": (HANDLED, HANDLED),
    "bookings/calls/": (STAFF, STAFF),
    "bookings/calls/<int:pk>/done/": (POST_ONLY, HANDLED),
    "bookings/changes/<int:pk>/undo/": (POST_ONLY, HANDLED),
    "bookings/changes/mail/<str:token>/": (ALL, ALL),
    "bookings/new/": (STAFF, STAFF),
    "bookings/new/series/": (STAFF, STAFF),
    "bookings/proposals/": (STAFF, STAFF),
    "bookings/proposals/<int:pk>/": (POST_ONLY, HANDLED),
    "bookings/proposals/<int:pk>/together/": (POST_ONLY, HANDLED),
    "bookings/proposals/day/<int:pk>/": (HANDLED, HANDLED),
    "bookings/proposals/day/<int:pk>/decide/": (POST_ONLY, HANDLED),
    "bookings/proposals/mail/<str:token>/": (ALL, ALL),
    "brand/logo/<slug:digest>/": (HIDDEN, GET_ONLY),
    "calendars/": (STAFF, STAFF),
    "calendars/away/": (POST_ONLY, "PPPHFFL"),
    "calendars/settings/availability/": (CALENDAR, CALENDAR),
    "calendars/settings/availability/blocked/<int:pk>/remove/": (CALENDAR, ANNAS),
    "calendars/settings/availability/blocked/add/": (CALENDAR, CALENDAR),
    "calendars/settings/availability/hours/": (CALENDAR, CALENDAR),
    "calendars/settings/availability/overrides/<int:pk>/remove/": (CALENDAR, ANNAS),
    "calendars/settings/availability/overrides/add/": (CALENDAR, CALENDAR),
    "calendars/settings/configuration/": (CALENDAR, CALENDAR),
    "calendars/settings/configuration/new/<int:pk>/": (POST_ONLY, ANNAS),
    "calendars/settings/configuration/preview/": (POST_ONLY, CALENDAR),
    "calendars/settings/connections/": (CALENDAR, CALENDAR),
    "calendars/settings/connections/<int:pk>/": (ANNAS, ANNAS),
    "calendars/settings/connections/<int:pk>/disconnect/": (ANNAS, ANNAS),
    "calendars/settings/connections/<int:pk>/reconnect/": (ANNAS, ANNAS),
    "calendars/settings/connections/<int:pk>/resync/": (POST_ONLY, ANNAS),
    "calendars/settings/connections/<int:pk>/state/": (ANNAS, ANNAS),
    "calendars/settings/connections/<int:pk>/sync/": (POST_ONLY, ANNAS),
    "calendars/settings/connections/new/": (CALENDAR, CALENDAR),
    "calendars/settings/connections/new/<slug:slug>/": (CALENDAR, CALENDAR),
    "calendars/settings/connections/new/icloud/": (CALENDAR, CALENDAR),
    "calendars/settings/connections/new/ics/": (CALENDAR, CALENDAR),
    "calendars/settings/events/": (CALENDAR, CALENDAR),
    "calendars/settings/events/rules/<int:pk>/": (POST_ONLY, ANNAS),
    "calendars/settings/services/": (CALENDAR, CALENDAR),
    "calendars/settings/services/<slug:slug>/": (OWNERS, OWNERS),
    "calendars/settings/services/<slug:slug>/hours/": (ANNAS, ANNAS),
    "calendars/settings/services/<slug:slug>/offer/": (POST_ONLY, ANNAS),
    "calendars/settings/services/<slug:slug>/questions/<int:pk>/": (OWNERS, OWNERS),
    "calendars/settings/services/<slug:slug>/questions/<int:pk>/delete/": (POST_ONLY, OWNERS),
    "calendars/settings/services/<slug:slug>/questions/<int:pk>/move/": (POST_ONLY, OWNERS),
    "calendars/settings/services/<slug:slug>/questions/new/": (OWNERS, OWNERS),
    "calendars/settings/services/new/": (OWNERS, OWNERS),
    "calendars/settings/services/preview/": (OWNERS, OWNERS),
    "calendars/why/": ("PPPHFFL", "PPPHFFL"),
    "clients/": (STAFF, STAFF),
    "clients/<int:pk>/": (HANDLED, HANDLED),
    "clients/<int:pk>/merge/": (POST_ONLY, OWNERS),
    "clients/<int:pk>/seen/": (POST_ONLY, HANDLED),
    "clients/<int:pk>/slip/": (HANDLED, HANDLED),
    "healthz": (ALL, ALL),
    "imprint/": (ALL, GET_ONLY),
    "manifest.webmanifest": (ALL, GET_ONLY),
    "metrics": (ALL, GET_ONLY),
    "offline/": (ALL, GET_ONLY),
    "readyz": (ALL, ALL),
    "privacy/": (ALL, GET_ONLY),
    "reminders/stop/<str:token>/": (ALL, ALL),
    "service-worker.js": (ALL, GET_ONLY),
    "setup/<str:token>/": (HIDDEN, HIDDEN),
    "team/qr-code/": (STAFF, STAFF),
    "team/qr-code/png/": (STAFF, STAFF),
    "team/qr-code/svg/": (STAFF, STAFF),
    "team/settings/": (OWNERS, OWNERS),
    "account/confirm/": (ACCOUNT, ACCOUNT),
    "account/confirm/code/": (ACCOUNT, ACCOUNT),
    "account/confirm/passkey/": (ACCOUNT, ACCOUNT),
    "account/email/": (ACCOUNT, ACCOUNT),
    "account/email/confirm/<str:token>/": (ALL, ALL),
    "account/password/": (ACCOUNT, ACCOUNT),
    "account/password/set/": (ALL, ALL),
    "account/second-factor/": (ACCOUNT, "MMMMMFL"),
    "account/second-factor/app/": (ACCOUNT, ACCOUNT),
    "account/second-factor/app/remove/": (NO_FACTOR, NO_FACTOR),
    "account/second-factor/codes/": (NO_FACTOR, "MMMMMFL"),
    "account/second-factor/codes/download/": (NO_FACTOR, NO_FACTOR),
    "account/second-factor/codes/new/": (ACCOUNT, ACCOUNT),
    "account/second-factor/passkeys/": (ALL, ALL),
    "account/second-factor/passkeys/<int:pk>/": (ACCOUNT, ACCOUNT),
    "account/second-factor/passkeys/<int:pk>/remove/": (ACCOUNT, ACCOUNT),
    "account/second-factor/passkeys/add/": (ACCOUNT, ACCOUNT),
    "account/sessions/": (ACCOUNT, ACCOUNT),
    "accounts/login/passkey/": (NOT_BEGUN, NOT_BEGUN),
    "accounts/login/second-factor/": (NOT_BEGUN, NOT_BEGUN),
    "accounts/password/reset/<uidb36>/<key>/": (ALL, ALL),
    "bookings/<int:pk>/confirm-address/": (POST_ONLY, HANDLED),
    "bookings/<int:pk>/new-link/": (POST_ONLY, HANDLED),
    "bookings/<int:pk>/stand/": (POST_ONLY, HANDLED),
    "bookings/<int:pk>/outcome/": (POST_ONLY, "BBHBFFL"),
    "calendars/settings/availability/limits/": (CALENDAR, CALENDAR),
    "calendars/settings/closures/": (CALENDAR, CALENDAR),
    "calendars/settings/closures/<int:pk>/": (ANNAS, ANNAS),
    "calendars/settings/closures/<int:pk>/remove/": (ANNAS, ANNAS),
    "calendars/settings/closures/holidays/": (OWNERS, OWNERS),
    "clients/<int:pk>/erase/": (OWNERS, OWNERS),
    "clients/<int:pk>/export/": (POST_ONLY, OWNERS),
    "clients/<int:pk>/fields/": (HANDLED, HANDLED),
    "clients/<int:pk>/seen-to/": (POST_ONLY, OWNERS),
    "clients/suggestions/": (STAFF, STAFF),
    "clients/find/": (STAFF, STAFF),
    "restored/": (OWNERS, OWNERS),
    "restored/messages/": (POST_ONLY, OWNERS),
    "restored/without/": (POST_ONLY, OWNERS),
    "restored/again/": (POST_ONLY, OWNERS),
    "restored/finish/": (POST_ONLY, OWNERS),
    "restored/events/<int:pk>/": (OWNERS, OWNERS),
    "restored/events/<int:pk>/not-a-booking/": (POST_ONLY, OWNERS),
    "team/": (OWNERS, OWNERS),
    "team/<int:pk>/role/": (OWNERS, OWNERS),
    "team/<int:pk>/deactivate/": (OWNERS, OWNERS),
    "team/<int:pk>/reactivate/": (OWNERS, OWNERS),
    "team/activity/": (OWNERS, OWNERS),
    "team/invitations/<int:pk>/resend/": (POST_ONLY, OWNERS),
    "team/invitations/<int:pk>/revoke/": (POST_ONLY, OWNERS),
    "team/invitations/<str:token>/": (ALL, ALL),
    "team/invite/": (OWNERS, OWNERS),
    "team/settings/logo/": (POST_ONLY, OWNERS),
    "team/support/": (OWNERS, OWNERS),
    "team/support/bundle/": (POST_ONLY, OWNERS),
    "calendars/?staff=<anna>": (HANDLED, HANDLED),
    "calendars/?day=2026-12-01": (STAFF, STAFF),
    "calendars/?view=month&staff=<anna>": (HANDLED, HANDLED),
    "calendars/block/": (POST_ONLY, CALENDAR),
    "calendars/blocked/<int:pk>/": (ANNAS, ANNAS),
    "calendars/blocked/<int:pk>/remove/": (POST_ONLY, ANNAS),
    "calendars/event/": ("HHHFFFL", "HHHFFFL"),
    "calendars/hour/?at=2026-12-01T09:00:00Z&staff=<anna>": (HANDLED, HANDLED),
    "calendars/move/<int:pk>/?start=2026-12-01T15:00:00Z": (HANDLED, HANDLED),
    "calendars/why/?staff=<anna>": (HANDLED, HANDLED),
    "bookings/new/?staff=<anna>": (HANDLED, HANDLED),
}
FORGED = {
    "account/email/confirm/<str:token>/": "P",  # says that the link is no longer valid
    "accounts/password/reset/<uidb36>/<key>/": "P",  # says that the link is no longer valid
    "book/<slug:slug>/details/<str:public_id>/": "H",
    "booking/<str:token>/": "H",
    "booking/<str:token>/calendar.ics": "H",
    "booking/<str:token>/cancel/": "H",
    "booking/<str:token>/confirm/<str:code>/": "H",
    "booking/<str:token>/following/": "H",
    "booking/<str:token>/reschedule/": "H",
    "booking/<str:token>/slip/": "H",
    "bookings/changes/mail/<str:token>/": "H",
    "bookings/proposals/mail/<str:token>/": "H",
    "reminders/stop/<str:token>/": "H",
    "setup/<str:token>/": "H",
    "team/invitations/<str:token>/": "P",  # says that the link is not valid
}
"""What strangers get whose link is not one of ours, where a link is all that is asked for."""
ADMIN = {
    # The page of any model, or another page: what a GET and a POST of support get.
    "": ("P", "P"),
    "<model>/": ("P", "P"),
    "<model>/add/": ("F", "F"),
    "<model>/<id>/password/": ("F", "F"),
    "<model>/<path:object_id>/": ("P", "P"),  # leads to the next
    "<model>/<path:object_id>/change/": ("P", "F"),
    "<model>/<path:object_id>/delete/": ("F", "F"),
    "<model>/<path:object_id>/history/": ("P", "P"),
    "autocomplete/": ("F", "M"),
    "jsi18n/": ("P", "M"),
    "login/": ("P", "P"),
    "logout/": ("M", "L"),
    "password_change/": ("P", "P"),
    "password_change/done/": ("P", "M"),
    "support-bundle/": ("M", "P"),
    "r/<path:content_type_id>/<path:object_id>/": ("H", "H"),
    "<app_label>/": ("P", "P"),
    "(?P<url>.*)$": ("H", "H"),
}


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    """The routes of all addresses, as they are written in the modules of addresses."""
    for one in patterns:
        route = f"{prefix}{one.pattern}"
        if isinstance(one, URLResolver):
            yield from routes(one.url_patterns, route)
        else:
            yield route


def all_routes() -> list[str]:
    found = set(routes(get_resolver().url_patterns))
    return sorted(route for route in found if not route.startswith("demo/"))  # there if a test with DEMO came first


@pytest.fixture
def people(settings: Settings) -> dict[str, User]:
    """One of each role, and a practice that clients can book."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # or clients cannot book; nothing is sent
    said = {"phone": "030 1", "email": "praxis@example.com", "imprint": "Anna", "privacy_notice": "Little."}
    Practice.objects.create(name="Praxis Winter", **said)
    return {
        "owner": UserFactory.create(username="olga", role="owner"),
        "anna": UserFactory.create(username="anna", role="staff"),
        "colleague": UserFactory.create(username="ben", role="staff"),
        "front_desk": UserFactory.create(username="fred", role="front_desk", configuration=None),
        "support": UserFactory.create(username="sue", role="", is_staff=True, configuration=None),
        "nobody": UserFactory.create(username="nora", role="", configuration=None),
    }


@pytest.fixture
def values(people: dict[str, User]) -> Values:
    """What the parameters of all routes stand for: everything is Anna's."""
    anna, today = people["anna"], START.date()
    office_hours(anna)
    service = ServiceFactory.create(slug="massage", visibility="public", series_allowed=True, staff=[anna])
    calendar = CalendarFactory.create(connection__user=anna, asked_about=False)
    OccurrenceFactory.create(calendar=calendar)
    Restore.objects.create(made_at=NOW, restored_at=NOW, finished_at=NOW)
    later = EventFactory.create(calendar=calendar, own_mark="/bookings/9/")
    OccurrenceFactory.create(calendar=calendar, event=later, start=START + timedelta(days=5))
    carla = ClientFactory.create(email="carla@example.org")
    series = Series.objects.create(service=service, staff=anna, count=2)
    booking = BookingFactory.create(staff=anna, service=service, client=carla, series=series)
    BookingFactory.create(staff=anna, service=service, client=carla, series=series, start=START + timedelta(weeks=1))
    change = BookingChangeFactory.create(booking=booking, kind="moved")
    proposal = ProposalFactory.create(booking=booking)
    hold = HoldFactory.create(staff=anna, service=service, start=START.replace(hour=13))
    code = links.address_code(booking.seat.public_id, booking.client.email_key)
    return {
        "accounts/password/reset/": _reset(anna),
        "account/second-factor/": {"pk": 1},
        "account/email/": {"token": signing.dumps((anna.pk, anna.email, "anna@example.net"), salt=SALT)},
        "setup/": {"token": setup_address().rstrip("/").rpartition("/")[2]},
        "team/": {"pk": anna.pk},
        "team/invitations/": _invitation_values(people["owner"]),
        "brand/logo/": {"digest": "0a1b2c"},
        "^brand/": {"digits": "27489b"},
        "calendars/settings/connections/": {"pk": calendar.connection_id},
        "calendars/settings/connections/new/": {"slug": "nextcloud"},
        "calendars/settings/availability/overrides/": {"pk": DateOverrideFactory.create(user=anna).pk},
        "calendars/settings/availability/blocked/": {"pk": BlockedSlotFactory.create(user=anna).pk},
        "calendars/settings/closures/": {"pk": Closure.objects.create(user=anna, first=today, last=today).pk},
        "calendars/settings/configuration/": {"pk": calendar.pk},
        "calendars/settings/events/rules/": {"pk": calendar.pk},
        "calendars/settings/services/": {"slug": service.slug, "pk": QuestionFactory.create(service=service).pk},
        "calendars/blocked/": {
            "pk": BlockedSlotFactory.create(user=anna, note="again", start=START.replace(hour=5)).pk
        },
        "calendars/move/": {"pk": booking.pk},
        "calendars/": {"anna": anna.pk},
        "bookings/calls/": {"pk": MailFactory.create(seat=booking.seat).pk},
        "bookings/proposals/": {"pk": proposal.pk, "token": mail_links.token_of(proposal)},
        "bookings/proposals/day/": {"pk": CoveredDayFactory.create(person=anna).pk},
        "bookings/changes/": {"pk": change.pk, "token": move_mail.move_token(change)},
        "bookings/": {"pk": booking.pk, "anna": anna.pk},
        "reminders/": {"token": unsubscribe.url(booking.seat).rstrip("/").rpartition("/")[2]},
        "book/with/": {"slug": anna.slug},
        "book/": {"slug": service.slug, "public_id": hold.public_id},
        "booking/": {"token": links.link_token(booking.seat.public_id, booking.seat.link_generation), "code": code},
        "clients/": {"pk": booking.client.pk},
        "restored/": {"pk": later.pk},
        "admin/": _admin_values(booking),
    }


def _reset(user: User) -> dict[str, str]:
    return {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}


def _invitation_values(owner: User) -> dict[str, Any]:
    invitation = invite("mara@example.com", "staff", by=owner, now=NOW)
    return {"pk": invitation.pk, "token": invitation_address(invitation).rstrip("/").rpartition("/")[2]}


def _admin_values(booking: Booking) -> dict[str, Any]:
    return {
        "id": booking.staff_id,
        "object_id": booking.pk,
        "content_type_id": 1,
        "app_label": "bookings",
        "url": "nowhere",
    }


def test_every_address_has_a_row() -> None:
    pages = {route for route in all_routes() if not route.startswith("admin/")}
    assert pages == {re.sub(r"/[?].*", "/", route) for route in WALK}
    links = [route for route in pages if "token>" in route or "<key>" in route or "public_id>/" in route]
    assert {route for route in links if WALK[route][0] != POST_ONLY} == set(FORGED)


@pytest.fixture(autouse=True)
def ready(db: None) -> None:
    """A worker has run, so that `readyz` answers 200."""
    call_command("setup_schedules", "--json", stdout=io.StringIO())
    heartbeat()


def test_everybody_gets_what_the_row_says(people: dict[str, User], values: Values) -> None:
    walked = {
        route: tuple("".join(letter(people, who, method, address) for who in EVERYBODY) for method in ("get", "post"))
        for route, address in addresses(values)
    }
    assert walked == WALK


@pytest.mark.parametrize("who", ["colleague", "stranger"])
def test_no_other_method_gets_more(people: dict[str, User], values: Values, who: str) -> None:
    place = EVERYBODY.index(who)
    more = []
    for route, address in addresses(values):
        known = {WALK[route][0][place], WALK[route][1][place], "M"}
        got = [letter(people, who, method, address) for method in ("put", "patch", "delete")]
        more += [(route, got)] if not known.issuperset(got) else []
    assert more == []


def test_forged_links_lead_nowhere(people: dict[str, User], values: Values) -> None:
    forged = {
        begin: {**given, "token": "x" * 65, "key": "x" * 65, "public_id": "x" * 22} for begin, given in values.items()
    }
    assert {route: letter(people, "stranger", "get", address_of(route, forged)) for route in FORGED} == FORGED


def test_support_looks_at_everything_in_the_admin(people: dict[str, User], values: Values) -> None:
    walked: dict[str, set[tuple[str, ...]]] = {}
    for route in admin_routes():
        address = address_of(route, values)
        got = tuple(letter(people, "support", method, address) for method in ("get", "post"))
        walked.setdefault(admin_page(route), set()).add(got)
    assert walked == {page: {got} for page, got in ADMIN.items()}


@pytest.mark.parametrize("who", ["anna", "front_desk", "stranger"])
def test_nobody_else_opens_the_admin(people: dict[str, User], values: Values, who: str) -> None:
    open_to_all = {"admin/login/", "admin/logout/"}
    pages = [route for route in admin_routes() if route not in open_to_all]
    assert {letter(people, who, "get", address_of(route, values)) for route in pages} == {SIGN_IN}


def addresses(values: Values) -> Iterator[tuple[str, str]]:
    """The rows of WALK, each with its address."""
    return ((route, address_of(route, values)) for route in WALK)


def admin_routes() -> list[str]:
    return [route for route in all_routes() if route.startswith("admin/")]


def admin_page(route: str) -> str:
    """The page of the administration that a route leads to, the same for every model."""
    page = re.sub(r"\^\(\?P<app_label>.*", "<app_label>/", route.removeprefix("admin/"))
    for model in site._registry:
        page = page.replace(f"{model._meta.app_label}/{model._meta.model_name}/", "<model>/")
    return page


def address_of(route: str, values: Values) -> str:
    """The route with its parameters filled in."""
    begins = max((one for one in values if route.startswith(one)), key=len, default="")
    given = values.get(begins, {})
    filled = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", re.sub(r"[\^$\\]", "", route))
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(given[found[1]]), filled)


def letter(people: dict[str, User], who: str, method: str, address: str) -> str:
    """What somebody gets; nothing that it changes lasts."""
    client = Client(raise_request_exception=False)
    if who in people:
        client.force_login(people[who])
    savepoint = transaction.savepoint()
    response: HttpResponse = getattr(client, method)(address)
    transaction.savepoint_rollback(savepoint)
    if "/login/" in response.headers.get("Location", "") or response.status_code == 401:
        return SIGN_IN
    return LETTERS.get(response.status_code, "P" if response.status_code < 400 else str(response.status_code))

"""The pages, found by asking for every address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.test import Client

from practice.models import User
from sandbox.demo.people import PASSWORD
from tests.every_page.scene import Scene
from tests.practice.second_factor.factors import sign_in
from tests.signed_in import sign_in_just_now
from tests.test_roles_walk import address_of, all_routes

AREAS = {
    "own account": ("account", "accounts"),
    "calendars": ("calendars",),
    "work": ("bookings", "clients", "team"),
    "others, of clients most of all": (),
}
"""Parts of Kalends, each with how its addresses begin; the last one has what begins otherwise."""

MORE = {
    "book/<slug:slug>/ of a day": "/book/massage/?day=2026-12-03",
    "book/<slug:slug>/ of a month": "/book/massage/?month=2026-12",
    "calendars/ of a day": "/calendars/?day=2026-12-02",
    "calendars/ of a month": "/calendars/?view=month&date=2026-12-01",
    "calendars/ of a week as a list": "/calendars/?view=list&date=2026-12-01",
    "calendars/ of the next week": "/calendars/?view=week&date=2026-12-07",  # the last view is remembered
    "calendars/why/ of a time": "/calendars/why/?at=2026-12-02T10:00",
    "clients/ of a search": "/clients/?q=clara",
}
"""Further states of pages, with their address."""

NO_PAGES = {
    "": "leads to the week",
    "account/password/set/": "leads to where it is reset",
    "account/second-factor/passkeys/": "leads to the second factors",
    "account/confirm/": "leads on, since who reads it has just signed in",
    "account/confirm/code/": "leads on, since who reads it has just signed in",
    "account/confirm/passkey/": "leads on, since who reads it has just signed in",
    "accounts/login/passkey/": "what a script asks for",
    "book/<slug:slug>/hold/": "leads to the times",
    "booking/<str:token>/confirm/<str:code>/": "leads to the client’s page",
    "brand/logo/<slug:digest>/": "a file that this practice does not have",
    "calendars/settings/availability/blocked/<int:pk>/remove/": "leads to the page that has the form",
    "calendars/settings/availability/blocked/add/": "leads to the page that has the form",
    "calendars/settings/availability/hours/": "leads to the page that has the form",
    "calendars/settings/availability/limits/": "leads to the page that has the form",
    "calendars/settings/availability/overrides/<int:pk>/remove/": "leads to the page that has the form",
    "calendars/settings/availability/overrides/add/": "leads to the page that has the form",
    "calendars/settings/closures/<int:pk>/remove/": "leads to the page that has the form",
    "calendars/settings/closures/holidays/": "leads to the page that has the form",
    "readyz": "what a monitor asks for, not a page",
    "setup/<str:token>/": "a page while nobody is here; tests/browser/test_setup.py looks at it",
}
"""What a GET of these answers instead of a page. Files and what answers to POST alone are known by their answers."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page, its address, and the cookies of whoever reads it: empty for those who are not signed in."""

    name: str
    path: str
    session: str


def area_of(path: str) -> str:
    """The part of Kalends to which an address belongs."""
    first = path.strip("/").partition("/")[0]
    return next((area for area, firsts in AREAS.items() if first in firsts), list(AREAS)[-1])


def pages_of(scene: Scene, *areas: str) -> list[Page]:
    """Every page of these areas with what to see on it, each as the first of the readers sees it who gets one."""
    readers = [reader(scene) for reader in READERS]
    known = [route for route in all_routes() if not route.startswith("admin/") and route not in NO_PAGES]
    asked = {route: _address(route, scene) for route in known} | MORE
    asked = {name: path for name, path in asked.items() if area_of(path) in areas}
    answers = {name: _answer(readers, path) for name, path in asked.items()}
    if unseen := [name for name, answer in answers.items() if answer is None]:
        raise AssertionError(f"nobody gets a page at {unseen}: give values for it in scene.py, or a row in NO_PAGES")
    return [Page(name, asked[name], answer[0]) for name, answer in answers.items() if answer and answer[1]]


def _address(route: str, scene: Scene) -> str:
    query = scene.queries.get(route)
    return address_of(route, scene.values) + (f"?{query}" if query else "")


def _answer(readers: list[Client], path: str) -> tuple[str, bool] | None:
    """The session of the first reader who gets an answer, and whether it is a page: not a file, not for POST alone."""
    answers = ((client, client.get(path)) for client in readers)
    reader, answer = next((one for one in answers if one[1].status_code in (200, 405)), (None, None))
    if reader is None or answer is None:
        return None
    return _session(reader), answer.headers["Content-Type"].startswith("text/html") and b"<html" in answer.content


def _session(client: Client) -> str:
    cookie = client.cookies.get("sessionid")
    return cookie.value if cookie else ""


def _signed_in(user: Callable[[Scene], User]) -> Callable[[Scene], Client]:
    def client_of(scene: Scene) -> Client:
        client = Client()
        sign_in_just_now(client, user(scene))
        return client

    return client_of


def _half_signed_in(scene: Scene) -> Client:
    """Mara has given her password and not her second factor."""
    client = Client()
    sign_in(client, scene.mara.username, PASSWORD)
    return client


READERS: tuple[Callable[[Scene], Client], ...] = (
    lambda scene: Client(),
    _signed_in(lambda scene: scene.mara),
    _signed_in(lambda scene: scene.lea),
    _signed_in(lambda scene: scene.jonas),
    _half_signed_in,
)
"""A client or whoever has no account, the owner with codes, somebody without a second factor, somebody with a
passkey, and the owner at the second step."""

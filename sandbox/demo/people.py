"""The staff members, services and clients of the demo's practice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from availability.slots import Period
from bookings.models import Question
from practice.models import User

PASSWORD = "demo-demo-demo"  # noqa: S105 - for three invented people on this machine
MORNING, AFTERNOON = (time(9), time(12, 30)), (time(13, 30), time(18))


@dataclass(frozen=True, slots=True)
class Person:
    """A staff member. `hours`: by weekday, Monday is 0. `linked`: the calendar for bookings in the first Apple Account,
    or nothing when Kalends is not connected. `about`: what this person demonstrates."""

    username: str
    name: str
    family_name: str
    zone: str
    hours: dict[int, tuple[Period, ...]]
    apple_ids: tuple[str, ...]
    linked: str
    about: Promise
    role: User.Role = User.Role.STAFF


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that clients answer when they book."""

    words: str
    kind: Question.Kind
    options: tuple[str, ...] = ()
    required: bool = False
    private: bool = False


@dataclass(frozen=True, slots=True)
class Treatment:
    """A service and the staff members who offer it, of whom the first available is chosen."""

    slug: str
    name: str
    minutes: int
    staff: tuple[str, ...]
    slot_minutes: int = 30
    buffer_after_minutes: int = 0
    call_link: str = ""
    other_minutes: tuple[int, ...] = ()
    approval_hours: int | None = None
    series_allowed: bool = False
    asked: tuple[Asked, ...] = ()


def _days(first: int, last: int, *periods: Period) -> dict[int, tuple[Period, ...]]:
    return dict.fromkeys(range(first, last + 1), periods)


MARA = Person(
    "mara",
    "Mara",
    "Winter",
    "Europe/Berlin",
    _days(0, 4, MORNING, AFTERNOON) | {5: ((time(10), time(14)),), 6: ((time(14), time(18)),)},
    ("mara.winter@icloud.com", "praxis.winter@icloud.com"),
    "Bookings",
    _("Berlin, owner, two Apple IDs: her own and the practice’s"),
    User.Role.OWNER,
)
JONAS = Person(
    "jonas",
    "Jonas",
    "Field",
    "Europe/London",
    _days(0, 4, (time(8), time(16))) | {5: ((time(9), time(13)),)},
    ("jonas.field@icloud.com",),
    "Jonas",
    _("London, with a shared read-only calendar"),
)
LEA = Person(
    "lea",
    "Lea",
    "Brandt",
    "Europe/Berlin",
    _days(0, 4, (time(9), time(17))),
    ("lea.brandt@icloud.com",),
    "",
    _("Berlin, not connected to iCloud yet"),
)
PEOPLE = (MARA, JONAS, LEA)

TREATMENTS = (
    Treatment(
        "first-visit",
        "First visit",
        60,
        ("mara", "lea"),
        buffer_after_minutes=15,
        asked=(
            Asked("What brings you here?", Question.Kind.TEXT),
            Asked(
                "Where does it hurt most?", Question.Kind.CHOICE, ("Neck", "Back", "Knee", "Elsewhere"), required=True
            ),
            Asked("What has helped so far?", Question.Kind.SEVERAL, ("Rest", "Warmth", "Exercise")),
            Asked("Is this your first treatment?", Question.Kind.YES_NO),
            Asked("Do you take any medicine?", Question.Kind.TEXT, private=True),
        ),
    ),
    Treatment(
        "massage",
        "Massage",
        45,
        ("mara", "jonas", "lea"),
        buffer_after_minutes=15,
        other_minutes=(60, 90),
        series_allowed=True,
    ),
    Treatment("home-visit", "Home visit", 60, ("mara",), buffer_after_minutes=30, approval_hours=24),
    Treatment("video-call", "Video call", 30, ("jonas",), slot_minutes=15, call_link="https://meet.example.com/{room}"),
)

CLIENTS = (
    ("Clara Sommer", "clara.sommer@example.org", "+49 30 5550101"),
    ("Noah Berg", "noah.berg@example.org", ""),
    ("Ida Lund", "", "+49 30 5550134"),
    ("Tom Hartley", "tom.hartley@example.org", "+44 20 55500178"),
    ("Esra Demir", "esra.demir@example.org", ""),
)


def person(username: str) -> Person | None:
    """The person with that user name."""
    return next((one for one in PEOPLE if one.username == username), None)

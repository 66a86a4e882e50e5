"""The events in the calendars of the demo, created with Apple devices, week by week."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sandbox.demo.people import JONAS, LEA, MARA, PEOPLE
from sandbox.device.device import AppleDevice
from sandbox.server.server import Sandbox

BLUE, GREEN, ORANGE, PURPLE, RED = "#1BADF8FF", "#63DA38FF", "#FF9500FF", "#CC73E1FF", "#FF2968FF"
WEEKLY = "FREQ=WEEKLY"
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)
DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)


def open_accounts(icloud: Sandbox, today: date) -> None:
    """Create the Apple Accounts with their calendars and weekly series, which began four weeks before `today`."""
    for person in PEOPLE:
        for apple_id in person.apple_ids:
            icloud.add_account(apple_id, name=f"{person.name} {person.family_name}", zone=person.zone)
    began = today - timedelta(days=today.weekday() + 28)
    _mara_series(icloud, began)
    _jonas_series(icloud, began)
    _lea_series(icloud, began)


def fill_week(icloud: Sandbox, monday: date) -> None:
    """Add everybody's single events of the week that begins on `monday`."""
    _mara_week(icloud, monday)
    _jonas_week(icloud, monday)
    _lea_week(icloud, monday)


# --- weekly series -------------------------------------------------------------------------------------------


def _mara_series(icloud: Sandbox, began: date) -> None:
    own, practice = (icloud.account(apple_id) for apple_id in MARA.apple_ids)
    home = own.add_calendar("Home", BLUE, "home")
    family = own.add_calendar("Family", PURPLE, "family")
    own.add_calendar("Bookings", ORANGE, "bookings")
    team = practice.add_calendar("Team", GREEN, "team")
    phone = AppleDevice(own)
    phone.add(home, "Yoga", _at(began, TUESDAY, 8), _at(began, TUESDAY, 9, 30), rule=WEEKLY)
    phone.add(family, "Piano lesson Nora", _at(began, THURSDAY, 16, 30), travel=QUARTER, rule=WEEKLY)
    meeting = AppleDevice(practice).add(team, "Team meeting", _at(began, WEDNESDAY, 9), rule=WEEKLY)
    # One moved occurrence: this week's meeting is an hour later.
    this_week = began + timedelta(days=28)
    AppleDevice(practice).move_one(meeting, _at(this_week, WEDNESDAY, 9), _at(this_week, WEDNESDAY, 10))


def _jonas_series(icloud: Sandbox, began: date) -> None:
    account = icloud.account(JONAS.apple_ids[0])
    own = account.add_calendar("Jonas", BLUE, "jonas")
    rooms = account.add_calendar("Treatment rooms", RED, shared=True, read_only=True)
    phone = AppleDevice(account)
    phone.add(own, "School run", _at(began, MONDAY, 8), _at(began, MONDAY, 9), rule=f"{WEEKLY};BYDAY=MO,TU,WE,TH,FR")
    phone.add(rooms, "Room is cleaned", _at(began, FRIDAY, 14), _at(began, FRIDAY, 16), rule=WEEKLY)


def _lea_series(icloud: Sandbox, began: date) -> None:
    account = icloud.account(LEA.apple_ids[0])
    private = account.add_calendar("Private", BLUE, "home")
    account.add_calendar("Work", GREEN, "work")
    account.add_calendar("House rota", RED, shared=True, read_only=True)
    phone = AppleDevice(account)
    phone.add(private, "Choir", _at(began, MONDAY, 15), _at(began, MONDAY, 17), rule=WEEKLY)
    phone.add(private, "Physio", _at(began, FRIDAY, 9), rule=WEEKLY)


# --- single events -------------------------------------------------------------------------------------------


def _mara_week(icloud: Sandbox, monday: date) -> None:
    own, practice = (icloud.account(apple_id) for apple_id in MARA.apple_ids)
    home, family, team = own.calendar("Home"), own.calendar("Family"), practice.calendar("Team")
    phone = AppleDevice(own)
    phone.add(home, "Dentist", _at(monday, MONDAY, 11), travel=2 * QUARTER, return_travel=2 * QUARTER)
    phone.add(home, "Lunch with Pia, if she has time", _at(monday, TUESDAY, 12), free=True)
    phone.add(home, "Parcel comes", _at(monday, FRIDAY, 14), _at(monday, FRIDAY, 15, 30), alarm=15)
    phone.add(home, "Market", _at(monday, SATURDAY, 10), _at(monday, SATURDAY, 11, 30))
    phone.add(family, "Grandma’s birthday", monday + THURSDAY * DAY)
    phone.add(family, "Lunch with everybody", _at(monday, SUNDAY, 14), _at(monday, SUNDAY, 15, 30))
    phone.add(family, "Nora at camp", monday + FRIDAY * DAY, monday + (SUNDAY + 1) * DAY)
    phone.receive_invitation(home, "Neighbours’ assembly", _at(monday, MONDAY, 17), _at(monday, MONDAY, 18))
    AppleDevice(practice).add(team, "Tax adviser", _at(monday, THURSDAY, 10), _at(monday, THURSDAY, 11, 30))


def _jonas_week(icloud: Sandbox, monday: date) -> None:
    account = icloud.account(JONAS.apple_ids[0])
    own, rooms = account.calendar("Jonas"), account.calendar("Treatment rooms")
    phone = AppleDevice(account)
    phone.add(own, "Call the landlord", _at(monday, TUESDAY, 11), _at(monday, TUESDAY, 11, 30))
    phone.add(own, "Course in Leeds", monday + WEDNESDAY * DAY, monday + FRIDAY * DAY, free=False)
    phone.add(own, "Football", _at(monday, SATURDAY, 9), _at(monday, SATURDAY, 11))
    phone.receive_invitation(own, "Webinar", _at(monday, MONDAY, 13), answer="DECLINED")
    # In reality, others write to the shared calendar; their events look the same.
    phone.add(rooms, "Room 2 is taken", _at(monday, MONDAY, 10), _at(monday, MONDAY, 12))
    phone.add(rooms, "Painter", _at(monday, TUESDAY, 14), _at(monday, TUESDAY, 16))


def _lea_week(icloud: Sandbox, monday: date) -> None:
    account = icloud.account(LEA.apple_ids[0])
    private, rota = account.calendar("Private"), account.calendar("House rota")
    phone = AppleDevice(account)
    phone.add(private, "Crete", monday + WEDNESDAY * DAY, monday + THURSDAY * DAY)
    phone.add(private, "Maybe: exhibition", _at(monday, TUESDAY, 15), _at(monday, TUESDAY, 17), free=True)
    phone.add(private, "Hairdresser", _at(monday, WEDNESDAY, 11), travel=2 * QUARTER)
    phone.add(private, "Hamburg", monday + SATURDAY * DAY, monday + (SUNDAY + 1) * DAY, free=False)
    phone.receive_invitation(private, "Flat viewing", _at(monday, THURSDAY, 16))
    phone.add(rota, "Stairs: Lea", _at(monday, FRIDAY, 16), _at(monday, FRIDAY, 17))


def _at(monday: date, weekday: int, hour: int, minute: int = 0) -> datetime:
    """A naive local time, which is in the time zone of the phone that gets it."""
    return datetime.combine(monday + weekday * DAY, time(hour, minute))

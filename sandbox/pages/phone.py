"""The pretend iPhone: an account's events, and forms that edit them as an iPhone does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from werkzeug import Request, Response
from werkzeug.exceptions import Forbidden, NotFound

from sandbox.device import agenda
from sandbox.device.agenda import DisplayedEvent
from sandbox.device.device import AppleDevice
from sandbox.device.illness import ill_tomorrow
from sandbox.ical.apple_text import Moment
from sandbox.pages import render
from sandbox.server.store.accounts import Account

RULES = {"": "Never", "FREQ=DAILY": "Every day", "FREQ=WEEKLY": "Every week", "FREQ=WEEKLY;INTERVAL=2": "Every 2 weeks"}
TRAVEL = {"0": "None", "5": "5 minutes", "15": "15 minutes", "30": "30 minutes", "60": "1 hour", "90": "1 hour 30"}
LISTED_DAYS = 14  # the strip above the list shows the first seven
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Row:
    """One event in the list, as text. `anchor`: its id in the page."""

    anchor: str
    url: str
    title: str
    color: str
    calendar: str
    begins: str
    ends: str
    notes: tuple[str, ...]
    dim: bool


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the week."""

    iso: str
    letter: str
    number: int
    heading: str
    today: bool
    rows: list[Row]

    @property
    def listed(self) -> bool:
        """Whether it is in the list: today and every day with events are."""
        return self.today or bool(self.rows)

    @property
    def marks(self) -> list[dict[str, Any]]:
        """Up to three dots under the day's number, centred on 11."""
        colors = list(dict.fromkeys(row.color for row in self.rows))[:3]
        left = 11 - 4 * (len(colors) - 1)
        return [{"x": left + 8 * index, "color": color} for index, color in enumerate(colors)]


def week(account: Account, request: Request) -> Response:
    """The week as a list of days."""
    return render.page("week.html", **_week(account, request))


def fragment(account: Account, request: Request) -> Response:
    """The same list without the page around it, for the script that polls; 204 while nothing has changed."""
    if request.args.get("seen") == _state(account):
        return Response(status=204)
    return render.page("_week.html", **_week(account, request))


def new(account: Account, request: Request) -> Response:
    """The form for a new event, and the page that receives it."""
    if request.method == "GET":
        return _new_page(account, request)
    form = request.form
    device = AppleDevice(account)
    try:
        start, end = _span(form)
    except ValueError as error:
        return _new_page(account, request, problem=str(error))
    calendar = account.calendar(form["calendar"])
    free = {"free": True, "busy": False}.get(form.get("show_as", ""))
    device.add(calendar, form.get("title", ""), start, end, free=free, travel=_travel(form), rule=form.get("rule", ""))
    return render.see(_week_url(account, start))


def ill(account: Account, request: Request) -> Response:
    """Enter that the owner is ill tomorrow, then show that week."""
    try:
        return render.see(_week_url(account, ill_tomorrow(account)))
    except ValueError as error:
        raise Forbidden(str(error)) from error


def event(account: Account, request: Request) -> Response:
    """One occurrence and the forms to change it."""
    one = _find(account, request.args.get("href", ""), request.args.get("slot", ""))
    return _event_page(account, one)


def edit(account: Account, request: Request) -> Response:
    """Change an event in one way, then show its week."""
    form = request.form
    one = _find(account, form.get("href", ""), form.get("slot", ""))
    act = ACTIONS.get(form.get("action", ""))
    if act is None:
        raise NotFound("This action does not exist.")
    if one.calendar.read_only:
        raise Forbidden("This calendar is read-only.")
    try:
        start = act(AppleDevice(account), one, form)
    except ValueError as error:
        return _event_page(account, one, problem=str(error))
    return render.see(_week_url(account, start or one.start))


# --- actions ------------------------------------------------------------------------------------------------


def _move(device: AppleDevice, one: DisplayedEvent, form: Any) -> Moment | None:
    start = one.start + int(form["by"]) * _MINUTE if form.get("by") else _moment(form.get("start", ""), one.all_day)
    if not one.repeats or form.get("scope") == "all":
        device.move(one.href, _first(device, one, start))
    elif form.get("scope") == "following":
        device.move_following(one.href, _slot(one), start)
    else:
        device.move_one(one.href, _slot(one), start)
    return start


def _first(device: AppleDevice, one: DisplayedEvent, start: Moment) -> Moment:
    """The new start of a whole series when this occurrence moves to `start`."""
    first = device.begins(one.href)
    if not one.repeats or not isinstance(first, datetime) or not isinstance(start, datetime):
        return start
    moved = start.replace(tzinfo=None) - one.start.replace(tzinfo=None)
    return (first.astimezone(device.zone) if first.tzinfo else first).replace(tzinfo=None) + moved


def _lengthen(device: AppleDevice, one: DisplayedEvent, form: Any) -> None:
    by = int(form.get("by", "0")) * _MINUTE
    if one.end + by <= one.start:
        raise ValueError("The event cannot end before it starts.")
    device.lengthen(one.href, timedelta(days=1 if by > timedelta() else -1) if one.all_day else by)


def _delete(device: AppleDevice, one: DisplayedEvent, form: Any) -> None:
    if not one.repeats or form.get("scope") == "all":
        device.delete(one.href)
    elif form.get("scope") == "following":
        device.delete_following(one.href, _slot(one))
    else:
        device.delete_one(one.href, _slot(one))


def _transfer(device: AppleDevice, one: DisplayedEvent, form: Any) -> None:
    device.move_to(one.href, device.account.calendar(form["calendar"]))


def _duplicate(device: AppleDevice, one: DisplayedEvent, form: Any) -> None:
    device.duplicate(one.href)


ACTIONS: dict[str, Callable[[AppleDevice, DisplayedEvent, Any], Moment | None]] = {
    "move": _move,
    "lengthen": _lengthen,
    "delete": _delete,
    "transfer": _transfer,
    "rename": lambda device, one, form: device.rename(one.href, form.get("title", "")),
    "repeat": lambda device, one, form: device.repeat(one.href, form.get("rule", "")),
    "show_as": lambda device, one, form: device.free(one.href, form.get("show_as") == "free"),
    "travel": lambda device, one, form: device.travel(one.href, _travel(form)),
    "all_day": lambda device, one, form: device.make_all_day(one.href),
    "duplicate": _duplicate,
    "answer": lambda device, one, form: device.answer(one.href, form.get("answer", "ACCEPTED")),
}


# --- reading forms --------------------------------------------------------------------------------------------


def _moment(given: str, all_day: bool) -> Moment:
    try:
        return date.fromisoformat(given[:10]) if all_day else datetime.fromisoformat(given)
    except ValueError as error:
        raise ValueError("Choose a day and a time.") from error


def _span(form: Any) -> tuple[Moment, Moment]:
    all_day = bool(form.get("all_day"))
    start, end = _moment(form.get("start", ""), all_day), _moment(form.get("end", ""), all_day)
    if all_day:
        return start, end + timedelta(days=1) if end >= start else start + timedelta(days=1)
    if end <= start:
        raise ValueError("The event cannot end before it starts.")
    return start, end


def _travel(form: Any) -> timedelta | None:
    minutes = form.get("travel", "0")
    return int(minutes) * _MINUTE if minutes.isdigit() and minutes != "0" else None


def _slot(one: DisplayedEvent) -> Moment:
    return date.fromisoformat(one.slot) if one.all_day else datetime.fromisoformat(one.slot)


def _find(account: Account, href: str, slot: str) -> DisplayedEvent:
    """The occurrence with that original start. Raises NotFound when it has been deleted."""
    zone = ZoneInfo(account.zone)
    try:
        around = datetime.fromisoformat(slot).date()
    except ValueError as error:
        raise NotFound("There is no such event.") from error
    for one in agenda.displayed_events(account, around - timedelta(days=60), 120, zone):
        if (one.href, one.slot) == (href, slot):
            return one
    raise NotFound("This event has been deleted.")


# --- writing pages --------------------------------------------------------------------------------------------


def _new_page(account: Account, request: Request, problem: str = "") -> Response:
    zone = ZoneInfo(account.zone)
    now = account.store.clock.now().astimezone(zone)
    start = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    day = request.args.get("day", "")
    if day:
        start = datetime.combine(date.fromisoformat(day), start.time())
    return render.page(
        "new.html",
        status=422 if problem else 200,
        account=account,
        calendars=[one for one in account.events() if not one.read_only],
        given=request.form,
        start=f"{start:%Y-%m-%dT%H:%M}",
        end=f"{start + timedelta(hours=1):%Y-%m-%dT%H:%M}",
        rules=list(RULES.items()),
        travels=list(TRAVEL.items()),
        problem=problem,
        back=_week_url(account, start),
    )


def _event_page(account: Account, one: DisplayedEvent, problem: str = "") -> Response:
    rule = AppleDevice(account).rule(one.href)
    rules = RULES if rule in RULES else {rule: "Current rule"} | RULES
    return render.page(
        "event.html",
        status=422 if problem else 200,
        account=account,
        one=one,
        row=_row(account, one, one.start.date()),
        when=_when(one),
        start=f"{one.start:%Y-%m-%d}" if one.all_day else f"{one.start:%Y-%m-%dT%H:%M}",
        calendars=[calendar for calendar in account.events() if not calendar.read_only],
        rule=rule,
        rules=list(rules.items()),
        travels=list(TRAVEL.items()),
        travel=str(int(one.travel / _MINUTE)),
        problem=problem,
        back=_week_url(account, one.start),
    )


def _today(account: Account) -> date:
    return account.store.clock.now().astimezone(ZoneInfo(account.zone)).date()


def _state(account: Account) -> str:
    """A text that changes whenever the list changes."""
    return f"{account.revision}.{_today(account):%j}"


def _week(account: Account, request: Request) -> dict[str, Any]:
    zone, today = ZoneInfo(account.zone), _today(account)
    try:
        asked = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        asked = today
    monday = asked - timedelta(days=asked.weekday())
    found = agenda.displayed_events(account, monday, LISTED_DAYS, zone)
    days = [_day(account, monday + timedelta(days=index), today, found) for index in range(LISTED_DAYS)]
    return {
        "account": account,
        "owner": account.name.partition(" ")[0],
        "week": days[:7],
        "listed": [day for day in days if day.listed],
        "month": f"{monday + timedelta(days=3):%B %Y}",
        "monday": monday.isoformat(),
        "before": (monday - timedelta(days=7)).isoformat(),
        "after": (monday + timedelta(days=7)).isoformat(),
        "calendars": account.events(),
        "empty": not found,
        "state": _state(account),
    }


def _day(account: Account, day: date, today: date, found: list[DisplayedEvent]) -> Day:
    on_it = [one for one in found if one.start.date() <= day and _last_day(one) >= day]
    return Day(
        iso=day.isoformat(),
        letter=f"{day:%a}"[0],
        number=day.day,
        heading=f"{day:%A} {day.day} {day:%B}",
        today=day == today,
        rows=[_row(account, one, day) for one in on_it],
    )


def _last_day(one: DisplayedEvent) -> date:
    """The last day an event touches: one that ends at midnight does not touch the day that begins then."""
    return max(one.start, one.end - timedelta(microseconds=1)).date()


def _row(account: Account, one: DisplayedEvent, day: date) -> Row:
    query = urlencode({"href": one.href, "slot": one.slot})
    begins = f"{one.start:%H:%M}" if one.start.date() == day else ""
    return Row(
        anchor="-".join(filter(None, (f"d{day.isoformat()}", _name(one), one.slot if one.repeats else ""))),
        url=f"/iphone/{account.dsid}/event/?{query}",
        title=one.title or "(No title)",
        color=one.calendar.color[:7],
        calendar=one.calendar.name,
        begins="all-day" if one.all_day else begins,
        ends="" if one.all_day else f"{one.end:%H:%M}",
        notes=tuple(_notes(one)),
        dim=one.free or one.cancelled or one.answer == "DECLINED",
    )


def _name(one: DisplayedEvent) -> str:
    """The name of the event's file, without its ending."""
    return one.href.rsplit("/", 1)[-1].removesuffix(".ics")


def _notes(one: DisplayedEvent) -> list[str]:
    answers = {"DECLINED": "declined", "NEEDS-ACTION": "not answered", "TENTATIVE": "maybe"}
    notes = [
        f"{_minutes(one.travel)} travel" if one.travel else "",
        f"{_minutes(one.travel_back)} back" if one.travel_back else "",
        "repeats" if one.repeats else "",
        "free" if one.free else "",
        "cancelled" if one.cancelled else "",
        answers.get(one.answer, ""),
    ]
    return [note for note in notes if note]


def _minutes(length: timedelta) -> str:
    hours, minutes = divmod(int(length / _MINUTE), 60)
    return " ".join(filter(None, (f"{hours} h" if hours else "", f"{minutes} min" if minutes else "")))


def _when(one: DisplayedEvent) -> str:
    day = f"{one.start:%A} {one.start.day} {one.start:%B %Y}"
    if not one.all_day:
        return f"{day}, {one.start:%H:%M} to {one.end:%H:%M}"
    last = _last_day(one)
    return day if last == one.start.date() else f"{day} to {last:%A} {last.day} {last:%B}"


def _week_url(account: Account, moment: Moment) -> str:
    return f"/iphone/{account.dsid}/?day={moment:%Y-%m-%d}"

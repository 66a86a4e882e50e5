"""A control for the demo and for tests that run the sandbox as a process of its own.

GET /control/ describes the sandbox. POST /control/<verb> with a JSON object executes one command. Only
`application/json` is accepted, which a page of another origin cannot send.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from werkzeug import Request, Response

from sandbox.device import agenda
from sandbox.device.device import AppleDevice
from sandbox.device.illness import ill_tomorrow
from sandbox.server.server import Sandbox
from sandbox.server.store.accounts import Account, TooManyPasswords
from sandbox.server.store.calendars import Calendar

Facts = dict[str, Any]


class NotPossible(ValueError):
    """The command is not possible; the text says why."""


def answer(sandbox: Sandbox, verb: str, request: Request) -> Response:
    """Execute a command and return its result. Errors are 400 or 404 with `{"error": sentence}`."""
    if request.method == "GET":
        return _json(describe(sandbox) if not verb else {"error": "Use POST."}, 405 if verb else 200)
    act = VERBS.get(verb)
    if act is None:
        return _json({"error": f"There is no verb {verb}."}, 404)
    if request.mimetype != "application/json":
        return _json({"error": "Send application/json."}, 415)
    try:
        return _json(act(sandbox, request.get_json() or {}))
    except KeyError as error:
        return _json({"error": f"Missing or unknown: {error.args[0]}."}, 404)
    except (ValueError, TypeError, AttributeError, TooManyPasswords) as error:
        return _json({"error": str(error) or type(error).__name__}, 400)


def describe(sandbox: Sandbox) -> Facts:
    """Addresses, accounts and calendars, without passwords."""
    return {
        "entry": sandbox.entry_url,
        "pod": sandbox.pod_url,
        "stranger": sandbox.stranger_url,
        "apple": sandbox.apple_url,
        "down": sandbox.is_down,
        "faults": len(sandbox.faults.pending),
        "requests": len(sandbox.log),
        "mails": len(sandbox.scheduled),
        "accounts": [_account(account) for account in sandbox.accounts],
    }


def _account(account: Account) -> Facts:
    return {
        "dsid": account.dsid,
        "apple_id": account.apple_id,
        "name": account.name,
        "zone": account.zone,
        "app_passwords": [one.label for one in account.app_passwords],
        "calendars": [_calendar(calendar) for calendar in account.calendars.values()],
    }


def _calendar(calendar: Calendar) -> Facts:
    facts = {"path": calendar.path, "members": len(calendar.contents.members)}
    return facts | {name: value for name, value in calendar.facts().items() if name not in {"contents", "touched"}}


def _find(sandbox: Sandbox, facts: Facts) -> Account:
    """The account with this Apple ID or dsid. Raises KeyError."""
    wanted = facts["account"]
    account = sandbox.store.accounts.get(wanted) or sandbox.store.account(wanted)
    if account is None:
        raise KeyError(wanted)
    return account


def _add_account(sandbox: Sandbox, facts: Facts) -> Facts:
    return _account(sandbox.add_account(facts.pop("apple_id"), **facts))


def _add_calendar(sandbox: Sandbox, facts: Facts) -> Facts:
    account = _find(sandbox, facts)
    facts.pop("account")
    return _calendar(account.add_calendar(facts.pop("name"), **facts))


def _new_app_password(sandbox: Sandbox, facts: Facts) -> Facts:
    return {"password": _find(sandbox, facts).new_app_password(facts.get("label", "Kalends"))}


def _revoke(sandbox: Sandbox, facts: Facts) -> Facts:
    account = _find(sandbox, facts)
    one = facts.get("label") or facts.get("password")
    account.revoke(one) if one else account.revoke_all()
    return _account(account)


def _change_main_password(sandbox: Sandbox, facts: Facts) -> Facts:
    account = _find(sandbox, facts)
    account.change_main_password()
    return _account(account)


def _down(sandbox: Sandbox, facts: Facts) -> Facts:
    if facts.get("on", True):
        sandbox.down(int(facts.get("status", 503)))
    else:
        sandbox.up()
    return {"down": sandbox.is_down}


def _add_event(sandbox: Sandbox, facts: Facts) -> Facts:
    """`start` and `end` in ISO 8601, naive in the phone's time zone; a date makes an all-day event."""
    account = _find(sandbox, facts)
    facts.pop("account")
    calendar = account.calendar(facts.pop("calendar"))
    times = [_moment(facts.pop("start")), _moment(facts.pop("end")) if facts.get("end") else None]
    for name in ("travel", "return_travel"):
        if facts.get(name):
            facts[name] = timedelta(minutes=int(facts[name]))
    return {"href": AppleDevice(account).add(calendar, facts.pop("title"), *times, **facts)}


def _ill(sandbox: Sandbox, facts: Facts) -> Facts:
    """Enter that the owner is ill tomorrow."""
    return {"day": ill_tomorrow(_find(sandbox, facts)).isoformat()}


def _drag(sandbox: Sandbox, facts: Facts) -> Facts:
    """Move the event with this `uid`, or the next timed event of `calendar`, by `minutes` or to `start`."""
    account = _find(sandbox, facts)
    device = AppleDevice(account)
    one = _next(account, facts, sandbox.clock.now())
    by = timedelta(minutes=int(facts.get("minutes", 60)))
    start = _moment(facts["start"]) if facts.get("start") else one.start.replace(tzinfo=None) + by
    device.move(one.href, start)
    return {"href": one.href, "uid": one.uid, "title": one.title, "start": start.isoformat()}


def _next(account: Account, facts: Facts, now: datetime) -> agenda.DisplayedEvent:
    zone = ZoneInfo(account.zone)
    where = account.calendar(facts["calendar"]) if facts.get("calendar") else None
    for one in agenda.displayed_events(account, now.astimezone(zone).date(), 60, zone):
        matches = one.uid == facts["uid"] if facts.get("uid") else not (one.all_day or one.repeats) and one.start > now
        if matches and where in (None, one.calendar):
            return one
    raise NotPossible("There is no such event in the next 60 days.")


def _moment(given: str) -> Any:
    moment = datetime.fromisoformat(given)
    return moment.date() if len(given) == 10 else moment


def _calendar_verb(sandbox: Sandbox, facts: Facts) -> Facts:
    """rename, recolor, make_read_only, share, unshare, remove, forget_tokens, housekeep."""
    calendar = _find(sandbox, facts).calendar(facts["calendar"])
    allowed = ("rename", "recolor", "make_read_only", "share", "unshare", "remove", "forget_tokens", "housekeep")
    if facts["do"] not in allowed:
        raise NotPossible(f"One of {', '.join(allowed)}.")
    getattr(calendar, facts["do"])(*facts.get("with", []))
    return _calendar(calendar)


def _fault(sandbox: Sandbox, facts: Facts) -> Facts:
    """Add a fault with these fields of Fault."""
    sandbox.faults.add(**facts)
    return {"faults": len(sandbox.faults.pending)}


def _clear_faults(sandbox: Sandbox, facts: Facts) -> Facts:
    sandbox.faults.clear()
    return {"faults": 0}


def _switch(sandbox: Sandbox, facts: Facts) -> Facts:
    for name, value in facts.items():
        setattr(sandbox.switches, name, value)
    return dict(vars(sandbox.switches))


def _advance(sandbox: Sandbox, facts: Facts) -> Facts:
    sandbox.advance(float(facts["seconds"]))
    return {"now": sandbox.clock.now().astimezone(UTC).isoformat()}


def _log(sandbox: Sandbox, facts: Facts) -> Facts:
    """The requests in the log; `clear` empties it."""
    lines = sandbox.log.summary()
    stranger = sandbox.stranger_log.summary()
    if facts.get("clear"):
        sandbox.log.clear()
    return {"requests": lines, "stranger": stranger}


VERBS: dict[str, Callable[[Any, Facts], Facts]] = {
    "account": _add_account,
    "calendar": _add_calendar,
    "app-password": _new_app_password,
    "revoke": _revoke,
    "main-password": _change_main_password,
    "down": _down,
    "event": _add_event,
    "drag": _drag,
    "ill": _ill,
    "do": _calendar_verb,
    "fault": _fault,
    "clear-faults": _clear_faults,
    "switch": _switch,
    "advance": _advance,
    "log": _log,
}


def _json(facts: Facts, status: int = 200) -> Response:
    return Response(json.dumps(facts), status, {"Cache-Control": "no-store"}, content_type="application/json")

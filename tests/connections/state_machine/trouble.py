"""What goes wrong: in iCloud, on the way to it, and in Kalends' own process."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from sandbox.server.faults import Faults
from tests.connections.state_machine.machine import A_DAY, DOORS
from tests.connections.state_machine.phone import Phone, numbers

NOTHING = b'<?xml version="1.0"?><multistatus xmlns="DAV:"/>'

FAULTS: dict[str, Callable[..., Any]] = {
    **{
        str(status): lambda faults, status=status, **where: faults.status(status, **where)
        for status in (400, 403, 404, 410, 412, 421, 429, 500, 502, 503, 504, 507)
    },
    "429, wait": lambda faults, **where: faults.status(429, retry_after="120", **where),
    "503, wait long": lambda faults, **where: faults.status(503, retry_after="3000", **where),
    "401": Faults.unauthorized,
    "page": Faults.html,
    "page, 502": lambda faults, **where: faults.html(502, **where),
    **{
        f"{status} to {to}": lambda faults, status=status, to=to, **where: faults.redirect(to, status, **where)
        for status in (301, 302, 307, 308)
        for to in ("pod", "entry", "stranger")
    },
    "reset": Faults.reset,
    "reset at once": lambda faults, **where: faults.reset(0, **where),
    "lost": Faults.lost,
    "refused": Faults.refuse,
    "truncated": Faults.truncate,
    "too long": Faults.wrong_length,
    "too short": lambda faults, **where: faults.wrong_length(-60, **where),
    "slow": lambda faults, **where: faults.slow(0.01, **where),
    "drip": lambda faults, **where: faults.drip(0.0005, 1024, **where),
}

SWITCHES: dict[str, tuple[Any, ...]] = {
    "home_on_pod": (True, False),
    "entry_redirects": ("never", "calendars", "always"),
    "redirect_status": (301, 302, 307, 308),
    "hrefs_on": ("path", "entry", "pod"),
    "home_known": (True, False),
    "removed_calendar": ("404", "403", "410"),
    "escaped_hrefs": (False, True),
    "gzip": (True, False),
    "requests_per_minute": (None, 4),
    "short_principal_href": (False, True),
    "home_addresses": (True, False),
    "cdata": (True, False),
    "token_form": ("base64", "ft"),
    "sync_lists_itself": (True, False),
    "sync_repeats": (False, True),
    "sync_page": (None, 2),
    "multiget_missing": ("404", "404-propstat", "left-out", "empty-status"),
    "doubles_dtstamp": (False, True),
}
REFUSALS = (
    "403-precondition",
    "403",
    "409",
    "410",
    "412",
    "500",
    "507",
    "207-everything",
    "207-nothing",
    "207-error",
)


class Trouble(Phone):
    """Faults on the wire, a server that differs, tokens that expire, members that cannot be read."""

    @rule(
        what=st.sampled_from(sorted(FAULTS)),
        method=st.sampled_from(["", "PROPFIND", "REPORT"]),
        path=st.sampled_from(["", "/home/", "/work/"]),
        times=st.sampled_from([1, 2, 3, 10]),
        skip=st.integers(0, 3),
    )
    def something_is_in_the_way(self, what: str, **where: Any) -> None:
        self.tick()
        FAULTS[what](self.icloud.faults, **where)

    @precondition(lambda self: self.honest())
    @rule(method=st.sampled_from(["PROPFIND", "REPORT"]), path=st.sampled_from(["", "/home/", "/work/"]))
    def once_everything_seems_empty(self, method: str, path: str) -> None:
        """One lie at a time: the same emptiness twice, a minute apart, is believed, and rightly so."""
        self.tick()
        self.icloud.faults.body(NOTHING, method=method, path=path, times=1)

    def honest(self) -> bool:
        lies = (fault for fault in self.icloud.faults.pending if fault.content == NOTHING)
        return not any(lies) and not self.rows().exclude(mass_deletion_suspected_at=None).exists()

    @rule()
    def the_way_is_clear(self) -> None:
        self.tick()
        self.icloud.faults.clear()
        self.icloud.up()

    @rule(how=st.sampled_from([("", 503), ("", 500), ("close", 503)]))
    def icloud_is_down(self, how: tuple[Any, int]) -> None:
        self.tick()
        self.icloud.down(how[1], how=how[0])

    @rule(data=st.data())
    def icloud_differs(self, data: Any) -> None:
        self.tick()
        name = data.draw(st.sampled_from(sorted(SWITCHES)))
        setattr(self.icloud.switches, name, data.draw(st.sampled_from(SWITCHES[name])))

    @rule(
        seconds=st.sampled_from([30, 4000]), shows=st.sampled_from(["missing", "old"]), number=numbers, on=st.booleans()
    )
    def reads_lag_behind(self, seconds: float, shows: Any, number: int, on: bool) -> None:
        """A write is seen at once in what is listed, and late in what is read; and somebody has just written."""
        self.tick()
        self.icloud.switches.lag_shows = shows
        self.icloud.switches.lag_seconds = seconds if on else 0
        if href := self.pick(number):
            self.phone_of[href].travel(href, timedelta(minutes=1 + number))

    @rule(how=st.sampled_from(REFUSALS), where=numbers, all_of_them=st.booleans())
    def tokens_expire(self, how: Any, where: int, all_of_them: bool) -> None:
        self.tick()
        self.icloud.switches.expired_token = how
        self.deaf |= how == "207-everything"
        if all_of_them:
            self.account.forget_tokens()
        else:
            self.calendar(where).forget_tokens()

    @rule(where=numbers, number=numbers, fate=st.sampled_from(["missing", "left-out", "empty", "error", ""]))
    def a_member_cannot_be_read(self, where: int, number: int, fate: Any) -> None:
        """Or it can be again."""
        self.tick()
        calendar = self.calendar(where)
        hrefs = sorted(calendar.resources)
        if hrefs and fate:
            calendar.spoil(hrefs[number % len(hrefs)], fate)
        else:
            calendar.spoilt.clear()

    @rule(where=numbers, number=numbers, everything=st.booleans())
    def housekeeping(self, where: int, number: int, everything: bool) -> None:
        """New ETags, and nothing else."""
        self.tick()
        calendar = self.calendar(where)
        hrefs = sorted(calendar.resources)
        calendar.housekeep([] if everything or not hrefs else [hrefs[number % len(hrefs)]])

    @rule(old=st.sampled_from(["closed", "421", "404", "503"]))
    def the_account_moves_to_another_pod(self, old: Any) -> None:
        self.tick()
        self.icloud.move_pod(old)

    @rule(what=st.sampled_from(["401", "403", "503", "opened", "revoked"]))
    def the_account_is_locked_or_opened_or_its_password_revoked(self, what: Any) -> None:
        self.tick()
        if what == "revoked":
            self.account.revoke_all()
        else:
            self.account.lock(what != "opened")
        if what.isdigit():
            self.icloud.switches.locked_account = what

    @rule()
    def all_is_well_again(self) -> None:
        self.settle()

    # --- time -----------------------------------------------------------------------------------------------------

    @rule(by=st.sampled_from([61, 150, 301, 3700]))
    def time_passes(self, by: int) -> None:
        self.pass_time(timedelta(seconds=by))

    @rule(days=st.sampled_from([1, 1.1, 3]))
    def days_pass(self, days: float) -> None:
        self.pass_time(days * A_DAY)

    # --- doors ----------------------------------------------------------------------------------------------------

    @rule(door=st.sampled_from(DOORS))
    def kalends_looks(self, door: str) -> None:
        self.tick()
        self.enter(door)

    @rule()
    def kalends_polls(self) -> None:
        """What it finds changed is read later."""
        self.pass_time(timedelta(seconds=301))
        self.poll()

    @rule(after=st.sampled_from([1, 20, 40]))
    def the_workers_go_on(self, after: int) -> None:
        self.pass_time(timedelta(seconds=after))
        self.work()

    @rule(door=st.sampled_from(DOORS), after=st.sampled_from([61, 301, 3700]))
    def kalends_looks_later(self, door: str, after: int) -> None:
        self.pass_time(timedelta(seconds=after))
        self.enter(door)
